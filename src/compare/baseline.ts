import { SefleetError } from '../errors.ts'
import type { Baseline } from '../model/audit.ts'
import type { Knowledge } from '../model/check.ts'
import type { Evaluation } from '../model/evaluation.ts'
import type { FleetPolicies } from '../policy/fleet/fleet-policies.ts'
import { compareRuns } from './compare.ts'
import { unanswered, withAnswers } from './last-answers.ts'
import { regressedNodes, returnedIn } from './returned.ts'

export interface BaselineSources {
  /** The runs to compare with, newest first. */
  readonly runs: readonly string[]
  /** Judges an earlier run by the present profiles; all of it, or these nodes alone. */
  readonly judge: (run: string, nodes?: ReadonlySet<string>) => Promise<Evaluation>
  readonly fleet: FleetPolicies
  readonly knowledge: Knowledge
}

/** Runs before the last one in which a failure that is new now is looked for: does it come and go? */
const mostEarlier = 4

/**
 * What is otherwise than in the last run, or where a node did not answer then, than in its last answer; undefined where there is no
 * earlier run.
 */
export const compareWithBaseline = async (
  now: Evaluation,
  { runs, judge, fleet, knowledge }: BaselineSources,
): Promise<Baseline | undefined> => {
  const [newest, ...older] = runs
  if (newest === undefined) return undefined
  try {
    const last = await judge(newest)
    let before = last
    for (const run of older)
      for (const one of await judgeNodes(unanswered(before, now), [run], judge))
        before = withAnswers(before, one)
    const found = await compareRuns({ before, last, after: now }, fleet, knowledge)
    const regressed = regressedNodes(found.changes)
    const earlier = await judgeNodes(regressed, older.slice(0, mostEarlier), judge)
    return { ...found, returned: returnedIn(found.changes, earlier) }
  } catch (error) {
    // A damaged run of yesterday may not cost today's report.
    if (!(error instanceof SefleetError)) throw error
    return { state: 'unreadable', problem: error.message }
  }
}

// Some nodes of older runs; nothing of a run that is damaged.
const judgeNodes = async (
  nodes: ReadonlySet<string>,
  runs: readonly string[],
  judge: BaselineSources['judge'],
): Promise<readonly Evaluation[]> => {
  const judged: Evaluation[] = []
  if (nodes.size > 0)
    for (const run of runs)
      try {
        judged.push(await judge(run, nodes))
      } catch (error) {
        if (!(error instanceof SefleetError)) throw error
      }
  return judged
}
