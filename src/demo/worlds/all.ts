import type { World } from '../world.ts'
import { checkoutWeb } from './checkout-web.ts'
import { designSystem } from './design-system.ts'
import { docsSite } from './docs-site.ts'
import { fraudModel } from './fraud-model.ts'
import { ledgerImport } from './ledger-import.ts'
import { mobileApp } from './mobile-app.ts'
import { paymentsApi } from './payments-api.ts'
import { searchIndex } from './search-index.ts'

/** The projects of the demo, the first ones first where fewer are asked for: each finds itself in another state. */
export const WORLDS: readonly World[] = [paymentsApi, searchIndex, designSystem, mobileApp, ledgerImport, checkoutWeb, fraudModel, docsSite]
