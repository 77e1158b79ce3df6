import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Judgement } from '../model/outcome.ts'
import { fail, finding, notApplicable, pass, unknown } from './judgements.ts'
import { labellingInEffect, type Effect } from './labelling-effect.ts'
import { runtimeAsk } from './runtimes.ts'
import { labellingOnPaper, type Paper } from './labelling-paper.ts'

const processesAsk = { probe: 'processes', params: {} } as const

/** What judging the runtime’s labelling asks. */
export const labellingAsks = (knowledge: Knowledge): readonly Ask[] => [runtimeAsk(knowledge), processesAsk]

/**
 * Whether the runtime labels its containers. What runs decides; what its files say counts where nothing that runs tells. `as-configured`:
 * what is switched on has effect. `off` is a condition too, and lowers severities: it holds only where nothing says otherwise.
 */
export const judgeLabelling = (
  wanted: 'on' | 'off' | 'as-configured',
  read: ReadAsk,
  knowledge: Knowledge,
): Judgement => {
  const effect = labellingInEffect(read, knowledge)
  const paper = labellingOnPaper(read, knowledge)
  if (wanted === 'as-configured') return judgeEffect(effect, paper)
  if (effect.state === 'on')
    return wanted === 'on' ? judgeOn(effect.reason, paper) : fail(finding('labelling on', effect.reason))
  if (effect.state === 'off') return judgeOff(wanted, effect, paper)
  if (effect.state === 'untold') return unknown(effect.reason)
  if (wanted === 'off' && effect.state === 'odd' && paper.state === 'off') return unknown(effect.reason)
  return judgePaper(wanted, paper)
}

// It works, and somebody switched it off: what runs was started before.
const judgeOn = (reason: string, paper: Paper): Judgement =>
  paper.state === 'off' && paper.isSaid
    ? fail(
        finding(
          'labelling switched off',
          `the container runtime’s SELinux labelling is switched off, though ${reason}: what starts after the runtime’s next restart is not labelled`,
          paper.shown,
        ),
      )
    : pass(reason)

type Off = Extract<Effect, { readonly state: 'off' }>

const judgeOff = (wanted: 'on' | 'off', effect: Off, paper: Paper): Judgement => {
  if (paper.state === 'on')
    return fail(finding(withoutEffectKey(paper.shown), withoutEffect(effect, paper.shown), paper.shown))
  if (wanted === 'on')
    return fail(
      finding(
        'labelling off',
        `the container runtime’s SELinux labelling is off: ${effect.reason}`,
        'shown' in paper ? paper.shown : [paper.reason],
      ),
    )
  if (paper.state === 'unread') return unknown(paper.reason)
  return effect.isCertain ? pass(effect.reason) : unknown(effect.reason)
}

const judgeEffect = (effect: Effect, paper: Paper): Judgement => {
  if (effect.state === 'off' && paper.state === 'on')
    return fail(finding(withoutEffectKey(paper.shown), withoutEffect(effect, paper.shown), paper.shown))
  if (effect.state === 'on') return pass(effect.reason)
  if (effect.state === 'untold') return unknown(effect.reason)
  if (paper.state === 'unread') return unknown(paper.reason)
  if (paper.state !== 'on')
    return notApplicable('no configuration of the container runtime switches labelling on')
  // In the wrong domain, which is another failure, or none: neither tells of labelling.
  return notApplicable(`${effect.reason}: that shows nothing of labelling`)
}

// Nodes share a finding where the same switch is ignored.
const withoutEffectKey = (shown: readonly string[]): string => `without effect ${shown.join('; ')}`

const withoutEffect = ({ reason }: Off, shown: readonly string[]): string =>
  `SELinux labelling is switched on without effect: this runtime ignores it, ${reason} (${shown.join('; ')})`

const judgePaper = (wanted: 'on' | 'off', paper: Paper): Judgement => {
  if (paper.state === 'untold' || paper.state === 'unread') return unknown(paper.reason)
  if (paper.state === wanted) return pass(paper.shown.join('; '))
  return fail(
    finding(
      `labelling ${paper.state}`,
      `the container runtime’s SELinux labelling is ${paper.state}`,
      paper.shown,
    ),
  )
}
