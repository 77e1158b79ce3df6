import type { ReadAsk } from '../model/ask.ts'
import type { Finding, Judgement } from '../model/outcome.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from './judgements.ts'
import { selinuxAsk } from './no-selinux.ts'

/** Whether the next boot labels every file anew; `unforced`: whether it would leave the categories as they are, if it does. */
export const judgePendingRelabel = (wanted: 'none' | 'unforced', read: ReadAsk): Judgement => {
  const state = read(selinuxAsk)
  if (state.state === 'unreadable') return unknownBecause('SELinux state', state)
  const { relabel, commandLine } = state.value
  const byCommandLine = commandLine.includes('autorelabel=1')
  if (relabel === 'forced') return fail(forced)
  if (wanted === 'none' && (relabel === 'asked' || byCommandLine))
    return fail(...(relabel === 'asked' ? [byFile] : []), ...(byCommandLine ? [onCommandLine] : []))
  if (relabel === undefined) return unknown('whether the next boot labels all files anew was not asked')
  return passIfComplete(state, wanted === 'none' ? 'no file asks for it' : 'nothing asks for it by force')
}

const forced: Finding = {
  ...finding(
    'relabelling by force',
    'the next boot labels every file of this node anew, by force: what containers wrote loses its categories, and volumes too',
    ['-F in /.autorelabel'],
  ),
  remedy:
    '`rm /.autorelabel` before anything reboots this node. Where files have to be labelled anew, `restorecon -Rv` on those, without -F.',
}

const byFile: Finding = {
  ...finding('relabelling', 'the next boot labels every file of this node anew', ['/.autorelabel is there']),
  remedy:
    'If that is not wanted: `rm /.autorelabel`. If it is: drain the node and reboot it at a time of your choosing; it takes long on many files, and boots once more.',
}

const onCommandLine: Finding = {
  ...finding(
    'relabelling at every boot',
    'the kernel command line asks for it: each boot labels every file of this node anew',
    ['autorelabel=1'],
  ),
  remedy:
    'Take autorelabel=1 out of the boot loader’s configuration (`grubby --update-kernel ALL --remove-args autorelabel=1`, or /etc/default/grub).',
}
