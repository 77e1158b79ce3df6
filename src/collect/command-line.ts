import { limits } from '../model/limits.ts'

/**
 * What is executed on the node; the script comes on stdin. Wrapped in `sh -c '…'` because the login shell may be
 * fish or csh. The outer `timeout` ends a script whose client went away. With become, `sudo -n` is tried once and
 * the script runs as the user where it is refused: what needs root then says so.
 */
export const commandLine = (become: boolean, nodeSeconds: number = limits.nodeSeconds): string => {
  const limited = `timeout -k 1 1 true 2>/dev/null && exec timeout -k 5 ${nodeSeconds + 5} sh -s; exec sh -s`
  if (!become) return `exec sh -c '${limited}'`
  return `exec sh -c 'if sudo -n true </dev/null 2>/dev/null; then exec sudo -n sh -c "${limited}"; else ${limited}; fi'`
}
