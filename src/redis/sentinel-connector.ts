import { SentinelConnector } from 'ioredis'

/** Finds the master by its Sentinels, again and again, whatever they tell meanwhile. */
export class SteadySentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    if (!hasSentinels(options)) throw new Error('a connection by Sentinels was opened without any')
    super(options)
  }

  /**
   * Ends what listens to the Sentinels for the connection before. At their word of a failover it tears down what there is; while the
   * next connection is being made, that is the search for the master, and the library never begins another one.
   */
  override connect(...listeners: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    super.disconnect()
    return super.connect(...listeners)
  }
}

type SentinelOptions = ConstructorParameters<typeof SentinelConnector>[0]

const hasSentinels = (options: unknown): options is SentinelOptions =>
  typeof options === 'object' && options !== null && 'sentinels' in options && 'name' in options
