import { FOLD_VERSION, emptyProject, foldEvents } from '../domain/project/project.ts'
import {
  REGISTRY_FOLD_VERSION,
  decodeRegistry,
  emptyRegistry,
  encodeRegistry,
  foldRegistry,
  type Registry,
} from '../domain/registry/project-registry.ts'
import type { ProjectState } from '../domain/project/project-state.ts'
import { decodeState, encodeState } from '../domain/project/state-codec.ts'
import type { StoredEvent } from '../domain/events/event.ts'

export type Fold<S extends { offset: number }> = {
  version: number
  empty(): S
  apply(state: S, events: readonly StoredEvent[]): S
  encode(state: S): string
  decode(text: string): S
}

export type Followed<S> = { epoch: string; state: S; recent: readonly StoredEvent[] }

export const projectFold: Fold<ProjectState> = {
  version: FOLD_VERSION,
  empty: emptyProject,
  apply: foldEvents,
  encode: encodeState,
  decode: decodeState,
}

export const registryFold: Fold<Registry> = {
  version: REGISTRY_FOLD_VERSION,
  empty: emptyRegistry,
  apply: foldRegistry,
  encode: encodeRegistry,
  decode: decodeRegistry,
}
