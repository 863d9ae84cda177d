import type { Projections } from './projections.ts'

/** Tells of each project whose log has become another one: whatever was told to it has to be told again. */
export function onTurnedEpoch(projections: Pick<Projections, 'onChange'>, told: (project: string) => void): void {
  projections.onChange(({ project, before, view }) => {
    if (before && before.epoch !== view.epoch) told(project.name)
  })
}
