import { expect } from 'chai'
import type { AuthContext } from 'ssh2'
import { Secret } from '../../src/model/secret.ts'
import { fleet } from './fleet.ts'
import { makeKey } from './home.ts'
import { isSigned } from './server.ts'

const word = 'hunter2-Zq'
const password = new Secret(word)

describe('a login with a password', () => {
  const setup = fleet()
  const { start, session, refusal } = setup
  /** A server that takes the password by these methods, and notes each attempt. */
  const startFor = async (
    methods: readonly AuthContext['method'][],
    { prompt = 'Password: ', takes = word }: { readonly prompt?: string; readonly takes?: string } = {},
  ) => {
    const tried: string[] = []
    const server = await start({
      authenticate: context => {
        if (context.method === 'password') {
          tried.push(`password ${context.password}`)
          if (methods.includes('password') && context.password === takes) return context.accept()
        } else if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive')) {
          return context.prompt([{ prompt, echo: false }], answers => {
            tried.push(`keyboard-interactive ${answers.join()}`)
            if (answers[0] === takes) context.accept()
            else context.reject([...methods])
          })
        } else tried.push(context.method)
        return context.reject([...methods])
      },
    })
    return { ...server, tried }
  }

  for (const method of ['password', 'keyboard-interactive'] as const)
    it(`goes by ${method} once the keys are refused`, async () => {
      const { port, tried } = await startFor([method, 'publickey'])
      await session(port, { node: { password } })
      expect(tried).to.deep.equal(['publickey', `${method} ${word}`])
    })

  it('needs no key, and asks first what is accepted', async () => {
    const { port, tried } = await startFor(['password'])
    await session(port, {
      node: { password },
      options: { home: `${setup.home.path}/.ssh`, knownHostsFiles: [`${setup.home.path}/.ssh/known_hosts`] },
    })
    expect(tried).to.deep.equal(['none', `password ${word}`])
  })

  it('goes by keyboard-interactive before password, and gives the password to one of them', async () => {
    const { port, tried } = await startFor(['publickey', 'password', 'keyboard-interactive'], {
      takes: 'another',
    })
    const error = await refusal(port, { node: { password } })
    expect(tried).to.deep.equal(['publickey', `keyboard-interactive ${word}`])
    expect(error.code).to.equal('auth-failed')
    expect(error.sentence).to.include(', the password; it accepts').and.to.not.include(word)
  })

  it('goes by password where keyboard-interactive is refused without a question', async () => {
    const tried: string[] = []
    const { port } = await start({
      authenticate: context => {
        tried.push(context.method)
        if (context.method === 'password' && context.password === word) context.accept()
        else context.reject(['keyboard-interactive', 'password'])
      },
    })
    await session(port, { node: { password } })
    expect(tried).to.deep.equal(['publickey', 'keyboard-interactive', 'password'])
  })

  for (const prompt of ['Password:', 'ada@n1’s password: ', '(ada@10.0.0.1) Password: ', 'Passwort: '])
    it(`answers '${prompt}'`, async () => {
      const { port } = await startFor(['keyboard-interactive'], { prompt })
      await session(port, { node: { password } })
    })

  for (const prompt of [
    'Verification code: ',
    'New password: ',
    'Current password: ',
    '(current) UNIX password: ',
    'One-time password (OATH) for ada: ',
    'Retype new password: ',
  ])
    it(`does not answer '${prompt}' with it`, async () => {
      const { port, tried } = await startFor(['keyboard-interactive'], { prompt })
      const error = await refusal(port, { node: { password } })
      expect(tried).to.deep.equal(['publickey'])
      expect(error.code).to.equal('auth-failed')
      expect(error.sentence).to.include(`it asks '${prompt.trim()}'`)
    })

  it('shows it to nobody who would show it: a question that is echoed is not answered', async () => {
    const { port } = await start({
      authenticate: context => {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
        context.prompt([{ prompt: 'Password: ', echo: true }], () => context.accept())
      },
    })
    expect((await refusal(port, { node: { password } })).sentence).to.include("it asks 'Password:'")
  })

  it('ends when a second question follows', async () => {
    const { port } = await start({
      authenticate: context => {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
        context.prompt([{ prompt: 'Password: ', echo: false }], () =>
          context.prompt([{ prompt: 'Password: ', echo: false }], () => context.accept()),
        )
      },
    })
    const error = await refusal(port, { node: { password }, options: { loginSeconds: 25 } })
    expect(error.sentence).to.include("it asks 'Password:'")
  })

  it('ends when the password is to be changed', async () => {
    const { port } = await start({
      authenticate: context => {
        if (context.method !== 'password') return context.reject(['password'])
        context.requestChange('Your password has expired.', () => context.accept())
      },
    })
    const error = await refusal(port, { node: { password }, options: { loginSeconds: 25 } })
    expect(error.code).to.equal('auth-failed')
    expect(error.sentence).to.include("it wants the password changed: 'Your password has expired.'")
  })

  it('is the second step after a key', async () => {
    const { port } = await start({
      authenticate: context => {
        if (context.method === 'publickey' && isSigned(context))
          return context.signature ? context.reject(['password'], true) : context.accept()
        if (context.method === 'password' && context.password === word) return context.accept()
        return context.reject(['publickey'])
      },
    })
    await session(port, { node: { password } })
  })

  it('is not given to a host that shows another key than the known one, whatever is said of host keys', async () => {
    const { port, tried } = await startFor(['password', 'publickey'])
    setup.home.write('known_hosts', `[127.0.0.1]:${port} ${makeKey().public}\n`)
    const error = await refusal(port, { node: { password }, options: { hostKeys: 'off' } })
    expect(error.code).to.equal('auth-failed')
    expect(tried).to.deep.equal(['publickey'])
  })

  it('is not given to a host on the way', async () => {
    const { port: jump, tried } = await startFor(['password', 'keyboard-interactive'])
    const error = await refusal(22, {
      node: { password, words: { first: ['-J', `ada@127.0.0.1:${jump}`], last: [] } },
    })
    expect(error.code).to.equal('jump-failed')
    expect(tried).to.deep.equal(['publickey'])
  })

  it('names a key that cannot be used beside it', async () => {
    const { port } = await startFor(['password'], { takes: 'another' })
    const file = `${setup.home.path}/none`
    const error = await refusal(port, { node: { password, privateKeyFile: file } })
    expect(error.sentence).to.include(`offered the password; private key ${file} does not exist; it accepts`)
  })
})
