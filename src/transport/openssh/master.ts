import { randomBytes } from 'node:crypto'
import type { HostKeyNote } from '../../model/host-keys.ts'
import { hostPort, lookupName } from '../address.ts'
import { endTree } from '../end-tree.ts'
import type { Reach } from '../reach.ts'
import { interrupted, quoted, type Trouble } from '../trouble.ts'
import { masterWords, type MasterWords } from './arguments.ts'
import { nameClientWords } from './client-words.ts'
import type { Den } from './den.ts'
import { type Heard, heard } from './heard.ts'
import { eventOf, lineReader, type LogEvent } from './log-lines.ts'
import { endedTrouble, type LoginAt, tooSlow } from './login-trouble.ts'
import { endOf, startClient } from './start-client.ts'

/** Why a master is gone; whoever is waiting on it hears this once. */
export type MasterLoss =
  { readonly by: 'node'; readonly words: string } | { readonly by: 'interruption' } | { readonly by: 'us' }

/** A logged-in OpenSSH client that runs commands for others over its control socket. */
export interface Master {
  readonly socket: string
  readonly program: string
  /** Hears each event of its log from now on; returns how to stop listening. */
  onEvent(hear: (event: LogEvent) => void): () => void
  /** Calls back once, at once when it is lost already; returns how to stop listening. */
  onLoss(hear: (loss: MasterLoss) => void): () => void
  /** Ends it hard, with all that it started. */
  destroy(): void
  /** Ends it politely, and hard when it does not end. Never throws. */
  close(): void
}

export interface Logged {
  readonly master: Master
  /** Its host key, where that was not known. */
  readonly note?: HostKeyNote
}

export type OpenedMaster = Logged | { readonly trouble: Trouble }

export interface MasterRequest extends LoginAt, Omit<MasterWords, 'socket' | 'readyWord' | 'connectSeconds'> {
  readonly den: () => Den
}

/** Starts a client and waits until it has logged in; on any trouble it is gone. */
export const openMaster = async (request: MasterRequest, signal: AbortSignal): Promise<OpenedMaster> => {
  const { reach, program, connectSeconds, loginSeconds } = request
  const at = hostPort(reach.address)
  if (signal.aborted) return { trouble: interrupted('connect', `about to connect to ${at}`) }
  const den = roomIn(request.den)
  if ('trouble' in den) return den
  const readyWord = randomBytes(12).toString('hex')
  const started = await startClient(program, masterWords({ ...request, socket: den.socket, readyWord }))
  if ('trouble' in started) {
    den.leave()
    return started
  }
  const { child } = started
  if (child.pid !== undefined) den.guard(child.pid)
  child.stdin.end()

  return new Promise(resolve => {
    const log = heard(reach.route.by !== 'tcp')
    const lossListeners = new Set<(loss: MasterLoss) => void>()
    const eventListeners = new Set<(event: LogEvent) => void>()
    let lost: MasterLoss | undefined
    const lose = (loss: MasterLoss) => {
      if (lost) return
      lost = loss
      signal.removeEventListener('abort', onAbort)
      for (const hear of lossListeners) hear(loss)
      lossListeners.clear()
    }
    const destroy = (loss: MasterLoss) => {
      lose(loss)
      void endTree(child)
    }
    const onAbort = () => destroy({ by: 'interruption' })
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()

    const master: Master = {
      socket: den.socket,
      program,
      onEvent: hear => {
        eventListeners.add(hear)
        return () => eventListeners.delete(hear)
      },
      onLoss: hear => {
        if (lost) hear(lost)
        else lossListeners.add(hear)
        return () => lossListeners.delete(hear)
      },
      destroy: () => destroy({ by: 'us' }),
      close: () => {
        lose({ by: 'us' })
        child.kill('SIGTERM')
        const timer = setTimeout(() => void endTree(child), lingerMilliseconds)
        child.once('exit', () => clearTimeout(timer))
        if (child.exitCode !== null || child.signalCode !== null) clearTimeout(timer)
      },
    }

    let isSettled = false
    const settle = (result: OpenedMaster) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      if ('trouble' in result) destroy({ by: 'us' })
      resolve(result)
    }
    const limit = (seconds: number) =>
      setTimeout(() => settle({ trouble: tooSlow(log, request) }), seconds * 1000)
    let timer = limit(connectSeconds)
    const restart = (seconds: number) => {
      clearTimeout(timer)
      timer = limit(seconds)
    }
    let [phase, dialled] = [log.phase(), 0]
    const hear = (event: LogEvent) => {
      for (const listener of eventListeners) listener(event)
      log.take(event)
      if (isSettled) return
      const unlearnt = unlearntKey(log, reach)
      if (unlearnt) return settle({ trouble: unlearnt })
      const next = log.phase()
      // Each address of a name has the whole limit, within reason.
      if (event.saw === 'dialling' && ++dialled <= mostAddresses) restart(connectSeconds)
      else if (next !== phase && next === 'greeting') restart(connectSeconds)
      else if (next !== phase && next === 'handshake') restart(loginSeconds)
      phase = next
    }
    child.stderr.setEncoding('utf8').on(
      'data',
      lineReader(line => {
        const event = eventOf(line)
        if (event) hear(event)
      }),
    )
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed = `${printed}${text}`.slice(-1000)
      if (!printed.includes(readyWord)) return
      const note = noteOf(log, reach)
      log.loggedIn()
      settle({ master, ...(note ? { note } : {}) })
    })
    child.once('exit', () => den.leave())
    const seeEnd = async () => {
      await endOf(child)
      settle({ trouble: endedTrouble(log, request) })
      lose({ by: 'node', words: nameClientWords(log.words(), 'exec').words })
    }
    void seeEnd()
    master.onLoss(loss => {
      if (loss.by === 'interruption')
        settle({ trouble: interrupted(stageOf(log.phase()), doing(log.phase(), at)) })
    })
  })
}

const noteOf = (log: Heard, reach: Reach): HostKeyNote | undefined => {
  const { hostKeys, learnInto } = reach
  const [host, key] = [lookedUpAs(reach), log.hostKey() ?? 'a key']
  if (hostKeys === 'off') return { state: 'unverified', host, key }
  return hostKeys === 'accept-new' && log.learnt()
    ? { state: 'learnt', host, key, file: learnInto }
    : undefined
}

// A key that cannot be remembered would be new to each run, whoever shows it.
const unlearntKey = (log: Heard, reach: Reach): Trouble | undefined => {
  const learnt = log.learnt()
  if (reach.hostKeys !== 'accept-new' || !learnt || !('whyNot' in learnt)) return undefined
  const what = `the new ${log.hostKey() ?? 'key'} of ${lookedUpAs(reach)} cannot be added to ${reach.learnInto}: ${quoted(learnt.whyNot)}`
  return { code: 'known-hosts-unwritable', stage: 'login', what }
}

const lookedUpAs = ({ address, hostKeyAlias }: Reach): string =>
  hostKeyAlias?.toLowerCase() ?? lookupName(address)

const roomIn = (den: () => Den): Den | { readonly trouble: Trouble } => {
  try {
    return den()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      trouble: {
        code: 'local-limit',
        stage: 'connect',
        what: `no folder for control sockets: ${quoted(why)}`,
      },
    }
  }
}

const stageOf = (phase: string): 'connect' | 'login' =>
  phase === 'dial' || phase === 'greeting' ? 'connect' : 'login'

const doing = (phase: string, at: string): string =>
  phase === 'dial' ? `connecting to ${at}` : `logging in at ${at}`

const mostAddresses = 4
const lingerMilliseconds = 500
