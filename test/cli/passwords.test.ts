import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { unlockBy } from '../../src/cli/passphrases.ts'
import { readPasswords } from '../../src/cli/passwords.ts'
import { run } from '../../src/cli/run.ts'
import type { World } from '../../src/cli/world.ts'
import { SefleetError } from '../../src/errors.ts'
import { fakeWorld } from './world.ts'

const both = { login: true, become: true }

describe('passwords of the command line', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-passwords-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const write = (name: string, text: string, mode = 0o600): string => {
    const file = join(folder, name)
    writeFileSync(file, text)
    chmodSync(file, mode)
    return file
  }
  /** Somebody at a terminal who types these, one after the other. */
  const typing = (...answers: readonly (string | undefined)[]) => {
    const prompts: string[] = []
    const left = [...answers]
    const { world } = fakeWorld()
    const sat: World = {
      ...world,
      stderr: { ...world.stderr, isTTY: true },
      askHidden: async prompt => {
        prompts.push(prompt)
        return left.shift()
      },
    }
    return { world: sat, prompts }
  }
  const read = async (...args: Parameters<typeof readPasswords>) => {
    const { login, become } = await readPasswords(...args)
    return [login?.reveal(), become?.reveal()]
  }
  const refusalOf = async (options: Parameters<typeof readPasswords>[0]): Promise<string> => {
    const error = await readPasswords(options, both, fakeWorld().world).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    return error instanceof SefleetError ? `${error.code} ${error.message}` : String(error)
  }

  it('are asked for as Ansible does, and the second defaults to the first', async () => {
    const { world, prompts } = typing('one', 'two')
    expect(await read({ askPass: true, askBecomePass: true }, both, world)).to.deep.equal(['one', 'two'])
    expect(prompts).to.deep.equal(['SSH password: ', 'BECOME password[defaults to SSH password]: '])
    const again = typing('one', '')
    expect(await read({ askPass: true, askBecomePass: true }, both, again.world)).to.deep.equal([
      'one',
      'one',
    ])
    const alone = typing('')
    expect(await read({ askBecomePass: true }, both, alone.world)).to.deep.equal([undefined, undefined])
    expect(alone.prompts).to.deep.equal(['BECOME password: '])
  })

  it('are asked for only where a node would use them', async () => {
    const { world, prompts } = typing('one')
    const wanted = { login: false, become: true }
    expect(await read({ askPass: true, askBecomePass: true }, wanted, world)).to.deep.equal([
      undefined,
      'one',
    ])
    expect(prompts).to.have.length(1)
  })

  it('come from files and programs, and from the environment where no option says it', async () => {
    const file = write('login', '  blank s \n')
    const program = write('become', '#!/bin/sh\necho talk >&2; echo " p w "\n', 0o700)
    const options = { connectionPasswordFile: file, becomePasswordFile: program }
    expect(await read(options, both, fakeWorld().world)).to.deep.equal(['blank s', ' p w '])
    const env = { ANSIBLE_CONNECTION_PASSWORD_FILE: program, ANSIBLE_BECOME_PASSWORD_FILE: file }
    expect(await read({}, both, { ...fakeWorld().world, env })).to.deep.equal([' p w ', 'blank s'])
    const { world } = typing('typed')
    expect(await read({ askPass: true }, both, { ...world, env })).to.deep.equal(['typed', 'blank s'])
  })

  it('that cannot be had are named with the way out, and not shown', async () => {
    expect(await refusalOf({ askPass: true })).to.match(
      /^usage -k asks for a password, and there is no terminal .*--connection-password-file FILE/,
    )
    expect(await refusalOf({ becomePasswordFile: join(folder, 'none') })).to.match(
      /^password-unreadable password file '.*none' can't be read: ENOENT$/,
    )
    expect(await refusalOf({ becomePasswordFile: write('empty', '\n') })).to.match(/gives no password$/)
    expect(await refusalOf({ becomePasswordFile: write('two', 'a-b-c\nd-e-f') })).to.match(
      /gives more than one line$/,
    )
    const program = write('fails', '#!/bin/sh\necho s3cret; echo "no such entry" >&2; exit 3\n', 0o700)
    expect(await refusalOf({ becomePasswordFile: program })).to.match(
      /^password-unreadable password program '.*fails' ended with status 3: no such entry$/,
    )
  })

  it('are not looked for where only the script is shown, which tells of the line before it', async () => {
    const { world, out, err } = fakeWorld()
    const argv = ['audit', '-i', 'n1,', '-b', '-K', '--become-method', 'su', '--show-script']
    expect(await run(argv, world)).to.equal(0)
    expect(err()).to.include(' su root').and.to.include('The password comes before it, as a line of its own')
    expect(out()).to.not.include('PASSWORD')
  })

  it('are refused in two ways at once', async () => {
    const { world, err } = fakeWorld()
    const argv = ['audit', '-i', 'n1,', '-k', '--connection-password-file', 'x', '--list-hosts']
    expect(await run(argv, world)).to.equal(2)
    expect(err()).to.match(/cannot be used with option '-k, --ask-pass'/)
  })

  it('stop a run before a node is touched', async () => {
    const { world, err } = fakeWorld()
    expect(await run(['audit', '-i', '127.0.0.1:1,', '-k', '-o', join(folder, 'out')], world)).to.equal(2)
    expect(err()).to.match(/there is no terminal to ask on/)
  })

  describe('passphrases', () => {
    const unlock = async (command: string, env: World['env'] = process.env) => {
      const answer = await unlockBy(command, { ...fakeWorld().world, env }, () => undefined)('/k/id', 1)
      return 'why' in answer ? answer.why : [answer.passphrase.reveal(), answer.isLast]
    }

    it('come from the command, whose environment names the key', async () => {
      expect(await unlock('echo "of $SEFLEET_KEY_FILE"; echo more')).to.deep.equal(['of /k/id', true])
    })

    it('that it does not give are named by its last words, and never by its stdout', async () => {
      expect(await unlock('echo s3cret; echo one >&2; echo "vault is sealed" >&2; exit 2')).to.equal(
        'is encrypted, and --passphrase-command ended with status 2: vault is sealed',
      )
      expect(await unlock('true')).to.equal('is encrypted, and --passphrase-command printed no passphrase')
    })

    it('are asked for on a terminal, one after the other and three times at most', async () => {
      const { world, prompts } = typing('one', 'two', 'three')
      const ask = unlockBy(undefined, world, () => undefined)
      const answers = await Promise.all([ask('/k/a', 1), ask('/k/b', 1), ask('/k/a', 3)])
      expect(answers.map(one => 'isLast' in one && one.isLast)).to.deep.equal([false, false, true])
      expect(prompts).to.deep.equal([
        'Passphrase of /k/a: ',
        'Passphrase of /k/b: ',
        'That does not open it. Passphrase of /k/a: ',
      ])
    })

    it('are asked of nobody where there is no terminal', async () => {
      expect(await unlockBy(undefined, fakeWorld().world, () => undefined)('/k/a', 1)).to.deep.equal({
        why: 'is encrypted, and nobody gave its passphrase',
      })
    })
  })
})
