/* What the overview alone does. */
import './peek.js'
import './pins.js'
