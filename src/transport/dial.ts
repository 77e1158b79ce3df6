import { connect, isIP, type Socket } from 'node:net'
import { type Address, hostPort } from './address.ts'
import { nameError } from './ssh-errors.ts'
import { interrupted, type Trouble } from './trouble.ts'

/** Opens the TCP connection, looking the name up included; on any trouble the socket is gone. */
export const dial = (
  address: Address,
  seconds: number,
  signal: AbortSignal,
): Promise<{ readonly socket: Socket } | { readonly trouble: Trouble }> =>
  new Promise(resolve => {
    let isResolved = isIP(address.host) !== 0
    const socket = connect({
      ...address,
      noDelay: true,
      // Node's 250 ms are too short for a distant node with two addresses; the limit covers both attempts.
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.round((seconds * 1000) / 3)),
    })
    const settle = (result: { readonly socket: Socket } | { readonly trouble: Trouble }) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.off('connect', onConnect)
      if ('trouble' in result) socket.destroy()
      else socket.on('error', () => undefined).off('error', onError)
      resolve(result)
    }
    const fail = (trouble: Trouble) => settle({ trouble })
    const onConnect = () => settle({ socket })
    const onError = (error: Error) => fail(troubleOf(error, address))
    const onAbort = () => fail(interrupted('connect', `connecting to ${hostPort(address)}`))
    const onTimeout = () =>
      fail(
        isResolved
          ? timedOut(address, seconds)
          : connectTrouble('host-unresolved', `'${address.host}' was not resolved within ${seconds} s`),
      )
    const timer = setTimeout(onTimeout, seconds * 1000)
    signal.addEventListener('abort', onAbort)
    socket.on('lookup', () => (isResolved = true))
    socket.on('connect', onConnect)
    socket.on('error', onError)
  })

const troubleOf = (error: Error, address: Address): Trouble => {
  const { code, words } = nameError(error, 'dial')
  if (code === 'host-unresolved')
    return connectTrouble(code, `'${address.host}' cannot be resolved: ${words}`)
  return connectTrouble(code, `no TCP connection to ${hostPort(address)}: ${words}`)
}

const timedOut = (address: Address, seconds: number): Trouble =>
  connectTrouble('connect-timeout', `no TCP connection to ${hostPort(address)} after ${seconds} s`)

const connectTrouble = (code: Trouble['code'], what: string): Trouble => ({ code, stage: 'connect', what })
