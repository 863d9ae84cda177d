import { Counter, type Registry } from 'prom-client'

/** Figures of the sources of reports: what of them is too old, links to orchestrators, which the configuration names, and state files. */
export function createSourceMetrics(registers: Registry[]) {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers })
  return {
    tooOld: counter('events_too_old_total', 'Events that say that they are older than what is kept, by source; not stored', ['source']),
    questionsRefused: counter('questions_refused_total', 'Questions that were not taken, for as many were open as may be', ['source']),
    linkFrames: counter('orchestrator_frames_total', 'Frames that orchestrators sent', ['orchestrator']),
    linkChanges: counter('orchestrator_link_changes_total', 'Links that were connected, lost or read slowly', ['orchestrator', 'change']),
    linkRefused: counter('orchestrator_refused_total', 'Frames that were not accepted, or not for its projects', [
      'orchestrator',
      'reason',
    ]),
    reportsLost: counter('reports_lost_total', 'Reports that are missing, by reason; one where nobody can tell how many', ['reason']),
    fileReports: counter('state_file_reports_total', 'What was told of state files: changed, healed, damaged, …', ['outcome']),
  }
}
