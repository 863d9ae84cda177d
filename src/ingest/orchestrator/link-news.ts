/** What happens to a link and to what comes over it, told as it happens: for the log and the figures. */
export type LinkNews = { orchestrator: string } & (
  | { kind: 'connected'; awaySeconds: number | undefined }
  /** It was connected, or was tried for the first time. What follows until it is connected again is not told. */
  | { kind: 'lost'; problem: string }
  | { kind: 'frame' | 'slowed' }
  /** A frame, or a part of one, that could not be accepted. */
  | { kind: 'refused'; problem: string }
  /** For a name that the link may not report for. */
  | { kind: 'foreign'; project: string }
  /** Reports that are known to be missing; the count is undefined where nobody can tell. */
  | { kind: 'missing'; reason: string; count: number | undefined }
)

type WithoutName<T> = T extends unknown ? Omit<T, 'orchestrator'> : never
export type LinkEvent = WithoutName<LinkNews>

/** Why reports are missing; each adds up by itself. */
export const LOSS_REASONS = {
  refused: 'they could not be accepted',
  unread: 'frames could not be read, and nobody can tell whose they were',
  questions: 'as many questions were open as may be',
  history: 'more happened while the orchestrator was away than its history remembers',
  cut: 'its connection ended while it was read slowly',
  unstored: 'they could not be stored',
} as const
