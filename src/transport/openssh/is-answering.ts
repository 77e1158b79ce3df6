import { connect } from 'node:net'

/** Whether a master still serves its socket: it greets whoever connects (OpenSSH PROTOCOL.mux, MUX_MSG_HELLO). */
export const isAnswering = (socketPath: string, seconds: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(socketPath)
    const settle = (is: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(is)
    }
    const timer = setTimeout(() => settle(false), seconds * 1000)
    socket.once('data', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })
