import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'

/*
 * The borders of the house: main → cli → pipeline → stages → {probes, checks, policy} → model → errors.
 * Stages meet only in the model; each outside package has one door; disk, clock and process only where they belong.
 */
const stages = ['inventory', 'transport', 'collect', 'store', 'evaluate', 'compare', 'report', 'lab']
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli'],
  'index.ts': ['pipeline.ts', 'errors.ts', 'model', 'version.ts'],
  // The command line shows what stages return and names what they take; the order is the pipeline's.
  cli: ['cli', 'pipeline.ts', ...stages, 'checks', 'policy', 'model', 'errors.ts', 'version.ts'],
  'pipeline.ts': [...stages, 'checks', 'policy', 'model', 'errors.ts', 'version.ts'],
  ...Object.fromEntries(
    stages.map(stage => [stage, [stage, 'probes', 'checks', 'policy', 'model', 'errors.ts']]),
  ),
  probes: ['probes', 'model', 'errors.ts'],
  checks: ['checks', 'policy', 'model', 'errors.ts'],
  policy: ['policy', 'model', 'errors.ts'],
  model: ['model', 'errors.ts'],
  'errors.ts': [],
  'version.ts': [],
}

const doors: Readonly<Record<string, RegExp>> = {
  ssh2: /^(transport|lab)\//,
  'ssh-config': /^transport\/settings\//,
  'node-ssh': /^transport\//,
  ejs: /^report\/templates\.ts$/,
  'jsonc-parser': /^model\/json-text\.ts$/,
  yaml: /^model\/(?:ansible-yaml|yaml|yaml-document)\.ts$/,
  re2js: /^model\/regex\.ts$/,
  'p-limit': /^(collect|transport)\//,
  commander: /^cli\//,
  picocolors: /^report\/terminal\.ts$/,
  zod: /^(model|checks|lab|store)\//,
}

const worldly =
  /^(main\.ts|version\.ts|pipeline\.ts|(cli|transport|store|lab|inventory)\/|checks\/(load|read-text|shell-mistake|shipped|waivers)\.ts|report\/templates\.ts)/

interface Source {
  readonly file: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources: readonly Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => {
    const text = readFileSync(join('src', file), 'utf8')
    return {
      file,
      text,
      imports: [
        ...text.matchAll(
          /(?:^|\n)(?:import|export)[^'"]*?from '([^']+)'|(?:^|\n)import '([^']+)'|\bimport\('([^']+)'\)/g,
        ),
      ].map(([, a, b, c]) => a ?? b ?? c ?? ''),
    }
  })

const roomOf = (file: string): string => file.split('/')[0] ?? ''

/*
 * What is known of products is data, in src/profiles. Few files may name one: those that read a product’s own format, what is made up
 * for the lab, and what schemas tell profile authors by example.
 */
const products = new RegExp(
  [
    'kubelet|kubelite|containerd|longhorn|rke2|k3s|k0s|microk8s|cri-o|crio|docker|podman|rancher|openshift|(?<![a-z])okd(?![a-z])|conmon',
    'buildkit|stargz|fuse-overlayfs|flannel|calico|cilium|iscsi|openebs|rook|cephfs|gluster|zfs|flatcar|bottlerocket|talos',
    'fedora|redhat|rocky|centos|debian|ubuntu|opensuse|(?<![a-z])suse(?![a-z])|amzn|coreos|container-selinux|container_t|spc_t|svirt',
  ]
    .map(words => `(?:${words})`)
    .join('|'),
  'gi',
)
const alsoWords = /(?<![a-z])(?:runc|crun|kata|rhel)(?![a-z])/gi
const mayName: readonly (readonly [file: RegExp, words: readonly string[]])[] = [
  // The lab is made up of them.
  [/^lab\//, ['iscsi', 'fedora', 'coreos', 'containerd']],
  // The names of the profiles that are shipped.
  [/^checks\/default-profiles\.ts$/, ['longhorn']],
  // What `kubectl get nodes` prints.
  [/^inventory\/sources\/kubernetes-node\.ts$/, ['kubelet']],
  // How each container runtime calls the cgroups of its containers.
  [/^probes\/processes\.ts$/, ['docker', 'buildkit']],
  // dpkg’s own way to compare versions is Debian’s.
  [/^model\/(?:debian-version|package-version)\.ts$/, ['debian']],
  // Examples in the reference of profiles.
  [/^checks\/profile-shape\.ts$/, ['spc_t', 'container_t']],
  [/^checks\/schema-parts\.ts$/, ['kubelet']],
  [/^checks\/kinds\/label\.ts$/, ['kubelet', 'containerd', 'docker']],
  [/^checks\/kinds\/os\.ts$/, ['fedora', 'rocky', 'flatcar']],
]

// A // within quotes is none: strings are skipped as they stand.
const withoutComments = (text: string): string =>
  text.replace(
    /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    one => (/^\/[/*]/.test(one) ? '' : one),
  )

describe('the house', () => {
  it('imports only downwards, and stages meet only in the model', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter(one => one.startsWith('.'))
        .map(one => normalize(join(dirname(file), one)))
        .filter(target => !(mayImport[roomOf(file)] ?? []).includes(roomOf(target)))
        .map(target => `${file} → ${target}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('has one door for each outside package', () => {
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter(one => !one.startsWith('.') && !one.startsWith('node:'))
        .filter(one => !(doors[one]?.test(file) ?? false))
        .map(one => `${file}: ${one}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('reaches disk, clock and process only where they belong', () => {
    const outside = sources.filter(({ file }) => !worldly.test(file))
    const wrong = outside.flatMap(({ file, text, imports }) => [
      ...imports
        .filter(one => /^node:(fs|child_process|net|os|process)/.test(one))
        .map(one => `${file}: ${one}`),
      ...(/\bDate\.now\(\)|new Date\(\)|\bperformance\.now\(|(?<![.\w])process\.(?:env|argv|exit|cwd|kill|on|pid|std|hrtime|memoryUsage)/.test(
        text,
      )
        ? [`${file}: clock or process`]
        : []),
    ])
    expect(wrong).to.deep.equal([])
  })

  it('names no product in its code, but where a file is about that', () => {
    const wrong = sources.flatMap(({ file, text }) => {
      const allowed = new Set(mayName.flatMap(([where, words]) => (where.test(file) ? words : [])))
      const code = withoutComments(text)
      const named = [...code.matchAll(products), ...code.matchAll(alsoWords)].map(([word]) =>
        word.toLowerCase(),
      )
      return [...new Set(named)].filter(word => !allowed.has(word)).map(word => `${file}: ${word}`)
    })
    expect(wrong).to.deep.equal([])
  })

  it('allows no file to name a product that it does not name', () => {
    const idle = mayName.flatMap(([where, words]) => {
      const code = sources
        .filter(({ file }) => where.test(file))
        .map(({ text }) => withoutComments(text).toLowerCase())
        .join('\n')
      return words.filter(word => !code.includes(word)).map(word => `${where.source}: ${word}`)
    })
    expect(idle).to.deep.equal([])
  })

  it('has no circle of imports', () => {
    const graph = new Map(
      sources.map(({ file, imports }) => [
        file,
        imports.filter(one => one.startsWith('.')).map(one => normalize(join(dirname(file), one))),
      ]),
    )
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, [...path, file].join(' → ')).to.not.include(file)
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
  })

  it('has no file that does not load on its own', async () => {
    for (const { file } of sources.filter(one => one.file !== 'main.ts'))
      await import(
        pathToFileURL(join(import.meta.dirname, '../src', relative('.', file).replace(/\.ts$/, '.js'))).href
      )
  })

  it('has a hint for every error code that is used, and uses every code that has one', async () => {
    const { hints } = await import('../src/errors.ts')
    const texts = sources.filter(({ file }) => file !== 'errors.ts').map(({ text }) => text)
    const unused = Object.keys(hints).filter(code => !texts.some(text => text.includes(`'${code}'`)))
    expect(unused).to.deep.equal([])
  })
})
