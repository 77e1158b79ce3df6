import { expect } from 'chai'
import { judgeDenials } from '../../src/checks/judged-denials.ts'
import { loadKnowledge } from '../../src/checks/load.ts'
import type { ProbeName, ReadAsk } from '../../src/model/ask.ts'
import { parseContext } from '../../src/model/context.ts'
import type { Denial, JudgedDenial } from '../../src/model/denial.ts'
import { isKnown } from '../../src/model/denial.ts'
import { read, unreadable, type Reading } from '../../src/model/reading.ts'

const knowledge = loadKnowledge()
const denial = (more: Partial<Denial> = {}): Denial => ({
  source: 'container_t',
  target: 'user_home_t',
  class: 'file',
  permissions: ['read'],
  count: 1,
  firstSeen: 1_000,
  lastSeen: 1_000,
  commands: ['app'],
  paths: [],
  enforced: true,
  sample: 'avc: denied',
  ...more,
})
const booleans = read([{ name: 'virt_use_nfs', current: true, pending: true }], 'it')
const judged = (
  one: Partial<Denial>,
  given: Partial<Record<ProbeName, Reading<unknown>>> = { booleans },
  known = knowledge,
): JudgedDenial => {
  const readAsk = (({ probe }) => given[probe] ?? unreadable('not-asked', 'not given')) as ReadAsk // by probe alone
  const [found] = judgeDenials({ denials: [denial(one)], source: 'ausearch' }, readAsk, known)
  if (!found) throw new Error('left out')
  return found
}
const policy = (more: Partial<NonNullable<Denial['policy']>> = {}) => ({
  policy: { attributes: [], denied: ['read'], ...more },
})
const installed = (name: string, version: string) => ({
  packages: read(
    { manager: 'rpm', packages: [{ name, epoch: 0, version, release: '1', architecture: 'noarch' }] },
    'it',
  ),
})
const running = (label: string, argv: string, pod: boolean, startedAt?: number) => ({
  processes: read(
    {
      at: 2_000,
      others: [],
      processes: [
        {
          pid: 1,
          parent: 0,
          user: 'root',
          label,
          context: parseContext(label),
          pod,
          argv,
          ...(startedAt === undefined ? {} : { startedAt }),
        },
      ],
    },
    'it',
  ),
})
const mount = (target: string, options: readonly string[]) => ({
  source: 'x',
  target,
  type: 'ext4',
  options,
})

const socket = { target: 'container_runtime_t', class: 'unix_stream_socket', permissions: ['connectto'] }

describe('a judged denial', () => {
  it('is of a context that is not valid before anything else', () => {
    const one = judged({
      ...policy({ booleans: ['x=on'] }),
      invalidContext: { target: 'system_u:object_r:container_file_t:s0' },
    })
    expect(one.signature).to.equal('context-not-valid')
    expect(one.remedy).to.contain('module container').and.to.not.contain('setsebool')
  })

  it('of another module’s context is told, and is no known one', () => {
    const one = judged({ source: 'sshd_t', invalidContext: { target: 'system_u:object_r:my_app_t:s0' } })
    expect(isKnown(one)).to.equal(false)
    expect(one.diagnosis).to.contain('my_app_t')
  })

  it('is past when the loaded policy allows all of it meanwhile, and only then', () => {
    expect(judged(policy({ denied: [] }))).to.include({ active: false })
    expect(judged(policy({ denied: [], undecided: ['read'] })).active).to.equal(true)
    expect(judged(policy()).active).to.equal(true)
    expect(judged({}).active).to.equal(true)
    // The booleans on which that may hang are not known.
    expect(judged(policy({ denied: [] }), {}).active).to.equal(true)
  })

  it('has the boolean as its advice, whatever its types and signature', () => {
    const one = judged({ target: 'nfs_t', class: 'dir', ...policy({ booleans: ['a=on', 'b=off'] }) })
    expect(one.signature).to.equal('network-storage')
    expect(one.remedy).to.contain('setsebool -P a=on b=off')
    expect(judged({ source: 'my_app_t', ...policy({ booleans: ['c=on'] }) }).remedy).to.contain('c=on')
  })

  it('says that a constraint refuses what types allow', () =>
    expect(
      judged({ target: 'container_file_t', ...policy({ constraint: 'mlsconstrain …' }) }).diagnosis,
    ).to.contain('constraint'))

  it('is a container’s where the policy says so, whatever its type is called', () => {
    const one = {
      source: 'my_sandbox_t',
      class: 'dir',
      target: 'unlabeled_t',
      names: ['/'],
      devices: ['sdb'],
    }
    expect(judged(one).owner).to.equal('host')
    const seen = judged({ ...one, ...policy({ attributes: ['svirt_sandbox_domain'] }) })
    expect(seen).to.include({ owner: 'container', signature: 'unlabelled-volume' })
    expect(seen.object).to.equal('the root of the file system on sdb')
  })

  it('takes no path of a container for one of the host', () => {
    const one = judged({ target: 'unlabeled_t', paths: ['/usr/lib/libc.so.6'] })
    expect(one.object).to.equal('/usr/lib/libc.so.6 inside a container')
    expect(one.remedy).to.not.contain('restorecon')
  })

  it('prints no remedy that the node’s versions contradict', () => {
    const iscsi = {
      source: 'iscsid_t',
      target: 'iscsid_t',
      class: 'capability',
      permissions: ['dac_override'],
    }
    expect(judged(iscsi, installed('container-selinux', '2.205.0')).remedy).to.contain(
      'Update container-selinux',
    )
    expect(judged(iscsi, installed('container-selinux', '2.226.0')).remedy).to.not.contain('Update')
    expect(judged(iscsi, {}).remedy).to.contain('Update container-selinux')
  })

  it('is known by its target too, where that is any container’s type', () => {
    const one = { target: 'container_t', class: 'process2', permissions: ['nnp_transition'] }
    for (const source of ['init_t', 'container_runtime_t'])
      expect(judged({ ...one, source }).signature).to.equal('transition-without-new-privileges')
    expect(judged({ ...one, source: 'init_t', target: 'sshd_t' }).signature).to.equal(undefined)
  })

  it('of a unit with no_new_privs is advised no relabelling and nothing about pods', () => {
    const one = { source: 'init_t', target: 'container_runtime_t', class: 'process2' }
    const { remedy } = judged({ ...one, permissions: ['nnp_transition'], commands: ['(ntainerd)'] })
    expect(remedy).to.contain('NoNewPrivileges')
    expect(remedy).to.not.contain('pods')
  })

  it('has no signature that the node’s processes refute', () => {
    const plugin = { ...socket, paths: ['/csi/csi.sock'] }
    const argv = 'longhorn-manager -d csi --nodeid=n --endpoint=unix:///csi/csi.sock'
    expect(judged(plugin).signature).to.equal('csi-plugin-domain')
    const wrong = running('system_u:system_r:container_runtime_t:s0', argv, true)
    expect(judged(plugin, wrong).signature).to.equal('csi-plugin-domain')
    const right = 'system_u:system_r:spc_t:s0'
    expect(judged(plugin, running(right, argv, true)).signature).to.equal(undefined)
    expect(judged(plugin, running(right, argv, true, 900)).signature).to.equal(undefined)
  })

  it('has the signature that fitted before the process was restarted, and is past', () => {
    const plugin = { ...socket, paths: ['/csi/csi.sock'] }
    const argv = 'longhorn-manager -d csi --nodeid=n --endpoint=unix:///csi/csi.sock'
    const restarted = judged(plugin, running('system_u:system_r:spc_t:s0', argv, true, 1_060))
    expect(restarted.signature).to.equal('csi-plugin-domain')
    expect(restarted.active).to.equal(false)
    const both = { ...plugin, paths: ['/csi/csi.sock', '/run/containerd/containerd.sock'] }
    expect(judged(both, running('system_u:system_r:spc_t:s0', argv, true, 1_060)).active).to.equal(true)
  })

  it('on another socket has no part in the CSI plugin, whether that runs or was restarted', () => {
    const agent = { ...socket, paths: ['/run/containerd/containerd.sock'] }
    const argv = 'longhorn-manager -d csi --nodeid=n --endpoint=unix:///csi/csi.sock'
    for (const given of [{}, running('system_u:system_r:spc_t:s0', argv, true, 1_060)])
      for (const target of ['container_runtime_t', 'spc_t'])
        expect(judged({ ...agent, target }, given)).to.include({ active: true })
    expect(judged(agent).signature).to.equal(undefined)
  })

  it('for a label is past once that is right and it has been silent for much longer than its rhythm', () => {
    const token = { class: 'lnk_file', target: 'container_var_lib_t', names: ['token'], devices: ['tmpfs'] }
    const given = (label: string, days: number, coverage?: { complete: false; why: string }) => ({
      denials: read({ denials: [], source: 'ausearch' }, 'ausearch', coverage),
      processes: read({ at: 1_000 + days * 86_400, processes: [], others: [] }, 'it'),
      labels: read(
        ['', '/plugins', '/pods'].map(path => ({
          state: 'labelled',
          path: `/var/lib/kubelet${path}`,
          kind: 'directory',
          context: `system_u:object_r:${label}:s0`,
          expected: 'system_u:object_r:container_file_t:s0',
        })),
        'it',
      ),
      selinux: read({ running: 'enforcing', configured: 'enforcing', commandLine: [] }, 'it'),
    })
    const [right, wrong] = ['container_file_t', 'var_lib_t']
    expect(judged(token, given(right, 3)).because).to.contain('silent since 1970-01-01')
    const often = { ...token, count: 9 }
    for (const [denied, node, active] of [
      [token, given(right, 3), false],
      [token, given(right, 1), true],
      [token, given(wrong, 6), true],
      [token, given(right, 3, { complete: false, why: 'lost' }), true],
      [{ ...often, longestGap: 300 }, given(right, 1), false],
      [{ ...often, longestGap: 86_400 }, given(right, 6), true],
      [often, given(right, 6), true],
      [{ ...token, target: 'default_t' }, given(right, 6), true],
    ] as const)
      expect(judged(denied, node).active, JSON.stringify(denied)).to.equal(active)
  })

  it('is never advised a boolean that opens far more than what was denied', () => {
    const request = { target: 'kernel_t', class: 'system', permissions: ['module_request'] }
    const broad = policy({
      denied: ['module_request'],
      booleans: ['domain_kernel_load_modules=on'],
      opens: 3,
    })
    const one = judged({ ...request, ...broad })
    expect(one.remedy).to.contain('modprobe').and.to.not.contain('setsebool')
    expect(one.present?.booleans).to.equal(undefined)
    const other = judged(policy({ booleans: ['x_use_y=on'], opens: 101 }))
    expect(other.diagnosis).to.contain('x_use_y=on, which opens far more')
    expect(other.remedy ?? '').to.not.contain('setsebool')
    expect(judged(policy({ booleans: ['x_use_y=on'], opens: 100 })).remedy).to.contain(
      'setsebool -P x_use_y=on',
    )
  })

  it('is advised no relabelling on a file system that is mounted read-only', () => {
    const one = { source: 'init_t', target: 'container_t', class: 'process', permissions: ['transition'] }
    const image = { mounts: read([mount('/', ['rw']), mount('/usr', ['ro', 'relatime'])], 'it') }
    expect(judged(one).remedy).to.contain('restorecon')
    expect(judged(one, image).remedy).to.not.contain('restorecon')
    expect(judged(one, { mounts: read([mount('/', ['rw'])], 'it') }).remedy).to.contain('restorecon')
  })

  const starts: readonly (readonly [string, Partial<Denial>])[] = [
    [
      'systemd may not start containerd',
      {
        source: 'init_t',
        target: 'container_ro_file_t',
        permissions: ['execute'],
        commands: ['(ntainerd)'],
        names: ['containerd'],
      },
    ],
    [
      'systemd may not start k3s',
      {
        source: 'init_t',
        target: 'user_home_t',
        permissions: ['open', 'read'],
        commands: ['(k3s)'],
        paths: ['/opt/bin/k3s'],
      },
    ],
    [
      'systemd may not start the container runtime',
      { source: 'init_t', target: 'container_runtime_t', class: 'process', permissions: ['transition'] },
    ],
    [
      'systemd may not start the container runtime in container_runtime_t',
      {
        source: 'init_t',
        target: 'container_runtime_t',
        class: 'process2',
        permissions: ['nnp_transition'],
        commands: ['(ntainerd)'],
      },
    ],
    [
      'no container may start in container_t',
      {
        source: 'container_runtime_t',
        target: 'container_t',
        class: 'process2',
        permissions: ['nnp_transition'],
      },
    ],
    [
      'the container runtime may not execute crun',
      { source: 'container_runtime_t', target: 'usr_t', permissions: ['execute'], paths: ['/opt/bin/crun'] },
    ],
    [
      'containers in container_t may not run libc.so.6',
      { target: 'usr_t', permissions: ['read'], paths: ['/lib/libc.so.6'] },
    ],
    [
      'privileged containers may not run check',
      { source: 'spc_t', target: 'container_var_lib_t', permissions: ['map'], paths: ['/check'] },
    ],
    [
      'pods do not start, as the container runtime may not mount anything on what is labelled etc_t',
      { source: 'container_runtime_t', target: 'etc_t', class: 'dir', permissions: ['mounton'] },
    ],
    ['containers in container_t may not run app', { permissions: ['entrypoint'], paths: ['/data/app'] }],
    [
      'no container may start in container_t',
      // Whoever starts a container is a runtime, whatever its domain and its program are called.
      {
        source: 'unconfined_service_t',
        target: 'container_t',
        class: 'process',
        permissions: ['transition'],
        commands: ['exe'],
      },
    ],
    [
      'no container starts, as the container runtime may not prepare its processes (setexec)',
      {
        source: 'container_runtime_t',
        target: 'container_runtime_t',
        class: 'process',
        permissions: ['setexec'],
      },
    ],
    [
      'no container starts, as the container runtime may not load what guards its devices (prog_load)',
      {
        source: 'unconfined_service_t',
        target: 'unconfined_service_t',
        class: 'bpf',
        permissions: ['prog_load'],
        commands: ['runc:[1:CHILD]'],
      },
    ],
    [
      'no container starts, as the container runtime may not make its cgroup',
      { source: 'container_runtime_t', target: 'cgroup_t', class: 'dir', permissions: ['add_name', 'write'] },
    ],
    [
      'no container starts, as systemd may not make its unit for the container runtime',
      {
        source: 'container_runtime_t',
        target: 'init_t',
        class: 'system',
        permissions: ['start'],
        commands: [],
      },
    ],
    [
      'no pod starts, as the kubelet may not make its unit by systemd',
      { source: 'kubelet_t', target: 'init_t', class: 'system', permissions: ['start'], commands: [] },
    ],
    [
      'no pod starts, as the kubelet may not reach the container runtime',
      {
        source: 'unconfined_service_t',
        target: 'container_runtime_t',
        class: 'unix_stream_socket',
        permissions: ['connectto'],
        commands: ['kubelet'],
      },
    ],
    [
      'systemd may not read the unit kubelet.service',
      {
        source: 'init_t',
        target: 'user_home_t',
        permissions: ['open', 'read'],
        commands: ['systemd'],
        names: ['kubelet.service'],
      },
    ],
    [
      'no container starts, as systemd may not run what guards the devices of containers (prog_run)',
      {
        source: 'init_t',
        target: 'container_runtime_t',
        class: 'bpf',
        permissions: ['prog_run'],
        commands: ['systemd'],
      },
    ],
    [
      'no container starts, as the container runtime lacks the capability sys_admin',
      {
        source: 'container_runtime_t',
        target: 'container_runtime_t',
        class: 'capability',
        permissions: ['sys_admin'],
        commands: ['crun'],
      },
    ],
    [
      'no container starts, as crio ends as it begins (execmem)',
      {
        source: 'kernel_t',
        target: 'kernel_t',
        class: 'process',
        permissions: ['execmem'],
        commands: ['crio'],
      },
    ],
    [
      'programs in containers end as they begin (graphql-engine), as container_runtime_t may not execmod',
      {
        source: 'container_runtime_t',
        target: 'container_ro_file_t',
        permissions: ['execmod'],
        paths: ['/bin/graphql-engine'],
      },
    ],
    [
      'programs in containers end as they begin (app), as mounter_t may not execmod',
      { source: 'mounter_t', target: 'x_t', permissions: ['execmod'], devices: ['overlay'] },
    ],
    [
      'programs of containers in container_t end as they begin (app), as they may not execmem',
      { target: 'container_t', class: 'process', permissions: ['execmem'] },
    ],
    [
      'etcd may not reach config, labelled default_t, and the control plane does not run without it',
      { source: 'rke2_service_db_t', target: 'default_t', commands: ['etcd'], names: ['config'] },
    ],
    [
      'kube-apiserver may not reach pki, labelled unlabeled_t, and the control plane does not run without it',
      {
        target: 'unlabeled_t',
        class: 'dir',
        permissions: ['search'],
        commands: ['kube-apiserver'],
        names: ['pki'],
      },
    ],
    [
      'pods may not reach what the kubelet gives them (token)',
      {
        target: 'tmpfs_t',
        permissions: ['open'],
        paths: ['/var/run/secrets/kubernetes.io/serviceaccount/..2022_12_29_10_05_35.1005894857/token'],
        devices: ['tmpfs'],
      },
    ],
    [
      'pods may not reach what the kubelet gives them (Corefile)',
      { target: 'container_var_lib_t', class: 'lnk_file', names: ['Corefile'], devices: ['vda4'] },
    ],
    [
      'pods may not reach what the kubelet gives them (..data)',
      { target: 'var_lib_t', class: 'lnk_file', names: ['..data'], devices: ['vda4'] },
    ],
    [
      'pods may not reach what the kubelet gives them (resolv.conf)',
      { target: 'kubelet_var_lib_t', paths: ['/etc/resolv.conf'], devices: ['vda4'] },
    ],
    [
      'systemd may not read k3s-agent.service.env, which a unit asks for',
      {
        source: 'init_t',
        target: 'user_tmp_t',
        permissions: ['read'],
        commands: ['systemd'],
        names: ['k3s-agent.service.env'],
      },
    ],
    [
      'systemd may not read kubelet, which a unit asks for',
      { source: 'init_t', target: 'default_t', commands: ['systemd'], paths: ['/etc/sysconfig/kubelet'] },
    ],
    [
      'systemd may not read 10-proxy.conf, which a unit asks for',
      {
        source: 'init_t',
        target: 'user_home_t',
        commands: ['systemd'],
        paths: ['/etc/systemd/system/containerd.service.d/10-proxy.conf'],
      },
    ],
    [
      'systemd may not enable iscsid.service',
      {
        source: 'init_t',
        target: 'unlabeled_t',
        class: 'dir',
        permissions: ['add_name'],
        commands: ['systemd'],
        names: ['iscsid.service'],
      },
    ],
    [
      'systemd may not mount anything on what is labelled var_t for containerd',
      {
        source: 'init_t',
        target: 'var_t',
        class: 'dir',
        permissions: ['mounton'],
        commands: ['(ntainerd)'],
      },
    ],
  ]
  for (const [what, one] of starts)
    it(`keeps something from starting, signature or none: ${what}`, () => {
      expect(judged(one).keeps?.what).to.equal(what)
      expect(judged({ ...one, enforced: false }).keeps).to.equal(undefined)
      expect(judged({ ...one, interactive: true }).keeps).to.equal(undefined)
      expect(judged(one).withheld).to.not.deep.equal([])
    })

  it('names the levels of both sides where categories differ', () => {
    const one = {
      target: 'container_file_t',
      categoriesDiffer: true,
      sample:
        'avc: denied { read } scontext=u:r:container_t:s0:c1,c2 tcontext=u:object_r:container_file_t:s0:c3,c4',
    } as const
    expect(judged(one).diagnosis).to.include('the process s0:c1,c2, the file s0:c3,c4')
    expect(judged({ ...one, sample: 'avc: denied' }).diagnosis).to.include('of another level')
  })

  it('is no container’s where the loaded policy has no transition that it needs', () => {
    const one = { source: 'iscsid_t', target: 'iscsid_t', class: 'capability', permissions: ['dac_override'] }
    const rules = (values: readonly unknown[]) => ({
      transition: read({ state: 'known', values }, 'it'),
    })
    const rule = { source: 'spc_t', target: 'iscsid_exec_t', class: 'process', to: 'iscsid_t', text: 'it' }
    expect(judged(one, rules([])).signature).to.equal(undefined)
    expect(judged(one, rules([rule])).signature).to.equal('iscsi-dac-override')
  })

  it('harms nothing where programs do without what was refused, and only that', () => {
    const one = {
      source: 'init_t',
      target: 'iscsid_t',
      class: 'process',
      permissions: ['noatsecure', 'siginh'],
    }
    expect(judged(one).harm).to.equal('none')
    expect(isKnown(judged(one))).to.equal(false)
    expect(judged({ ...one, permissions: ['siginh', 'transition'] }).harm).to.equal(undefined)
  })

  it('is not the runtime’s by what a container calls its programs', () => {
    const one = { class: 'dir', permissions: ['relabelfrom'], commands: ['containerd'] }
    for (const source of ['control_t', 'init_t'])
      expect(judged({ ...one, source }).keeps?.what).to.include('may not relabel')
    expect(judged(one).keeps).to.equal(undefined)
  })

  const units: readonly (readonly [string, Partial<Denial>])[] = [
    [
      'systemd may not start agent',
      { source: 'init_t', target: 'var_lib_t', permissions: ['execute'], commands: ['(agent)'] },
    ],
    [
      'systemd may not start node_exporter',
      {
        source: 'init_t',
        target: 'unlabeled_t',
        permissions: ['open', 'read'],
        commands: ['(exporter)'],
        names: ['node_exporter'],
      },
    ],
    [
      'systemd may not start chronyd',
      {
        source: 'init_t',
        target: 'chronyd_t',
        class: 'process',
        permissions: ['transition'],
        commands: ['(chronyd)'],
      },
    ],
    [
      'systemd may not mount anything on what is labelled boot_t for ostnamed',
      {
        source: 'init_t',
        target: 'boot_t',
        class: 'dir',
        permissions: ['mounton'],
        commands: ['(ostnamed)'],
      },
    ],
    [
      'systemd may not read backup.env, which a unit asks for',
      {
        source: 'init_t',
        target: 'admin_home_t',
        permissions: ['open'],
        commands: ['systemd'],
        names: ['backup.env'],
      },
    ],
    [
      'systemd may not enable backup.timer',
      {
        source: 'init_t',
        target: 'unlabeled_t',
        class: 'lnk_file',
        permissions: ['create'],
        commands: ['systemd'],
        names: ['backup.timer'],
      },
    ],
    [
      'systemd may not read the unit backup.timer',
      {
        source: 'init_t',
        target: 'admin_home_t',
        permissions: ['read'],
        commands: ['systemd'],
        paths: ['/etc/systemd/system/backup.timer'],
      },
    ],
  ]
  for (const [what, one] of units)
    it(`keeps a unit of systemd from starting, whatever it is for: ${what}`, () => {
      const { keeps } = judged(one)
      expect(keeps).to.include({ what, unit: true })
      expect(keeps?.containers).to.equal(undefined)
      expect(judged(one).remedy).to.be.a('string')
      expect(judged({ ...one, enforced: false }).keeps).to.equal(undefined)
    })

  const lacking: readonly (readonly [string, Partial<Denial>])[] = [
    [
      'a pod may not write to what the kubelet made (data)',
      { target: 'container_var_lib_t', class: 'dir', permissions: ['write'], names: ['data'] },
    ],
    [
      'iscsid may not reach nodes, labelled var_lib_t',
      {
        source: 'iscsid_t',
        target: 'var_lib_t',
        class: 'dir',
        permissions: ['read'],
        commands: ['iscsid'],
        names: ['nodes'],
      },
    ],
    [
      'k3s may not reach state.db, labelled default_t',
      {
        source: 'k3s_t',
        target: 'default_t',
        permissions: ['write'],
        commands: ['k3s'],
        paths: ['/data/state.db'],
      },
    ],
    [
      'sshd may not reach a file of the host that carries the label of containers’ files (authorized_keys)',
      {
        source: 'sshd_t',
        target: 'container_file_t',
        commands: ['sshd'],
        names: ['authorized_keys'],
      },
    ],
    [
      'chronyd may not reach a file of the host that carries the label of containers’ files (chrony.keys)',
      {
        source: 'chronyd_t',
        target: 'container_file_t',
        commands: ['chronyd'],
        paths: ['/etc/chrony.keys'],
      },
    ],
  ]
  for (const [what, one] of lacking)
    it(`keeps what runs from its own files: ${what}`, () => {
      expect(judged(one).keeps).to.include({ what, lacking: true })
      expect(judged(one).remedy).to.be.a('string')
      expect(judged({ ...one, enforced: false }).keeps).to.equal(undefined)
      expect(judged({ ...one, permissions: ['getattr'] }).keeps).to.equal(undefined)
    })

  const idle: readonly (readonly [string, Partial<Denial>])[] = [
    [
      'what somebody runs from his home',
      {
        source: 'init_t',
        target: 'user_home_t',
        permissions: ['execute'],
        commands: ['(backup)'],
        names: ['backup'],
      },
    ],
    [
      'a unit whose domain the kernel leaves as it is',
      {
        source: 'init_t',
        target: 'chronyd_t',
        class: 'process2',
        permissions: ['nnp_transition'],
        commands: ['(chronyd)'],
      },
    ],
    [
      'what a script of systemd tries',
      { source: 'init_t', permissions: ['execute'], commands: ['on-resume'] },
    ],
    [
      'a helper of systemd',
      { source: 'init_t', target: 'shadow_t', permissions: ['open', 'read'], commands: ['(sd-pam)'] },
    ],
    [
      'another file that a unit reads',
      {
        source: 'init_t',
        target: 'etc_t',
        permissions: ['read'],
        commands: ['(agent)'],
        names: ['agent.env'],
      },
    ],
    [
      'a token of another pod that an agent looks at',
      {
        target: 'var_lib_t',
        commands: ['agent'],
        paths: ['/host/var/lib/kubelet/pods/8a1f/volumes/kubernetes.io~projected/x/..2022_12_29/x'],
      },
    ],
    [
      'the namespace of somebody else, on a disk',
      { target: 'var_lib_t', names: ['namespace'], devices: ['sda4'] },
    ],
    [
      'an agent in the kubelet’s folder',
      { target: 'container_var_lib_t', class: 'dir', permissions: ['write'], names: ['plugins'] },
    ],
    ['a folder of the host that a pod mounts', { target: 'default_t', names: ['data'] }],
    [
      'a daemon of the host in the storage of containers',
      {
        source: 'chronyd_t',
        target: 'container_file_t',
        paths: ['/var/lib/containers/storage/overlay/1/diff/etc/hosts'],
      },
    ],
    [
      'who looks at every file there is',
      { source: 'antivirus_t', target: 'container_ro_file_t', names: ['passwd'] },
    ],
    [
      'another file that systemd looks at',
      { source: 'init_t', target: 'user_home_t', commands: ['systemd'], names: ['notes.txt'] },
    ],
    [
      'what systemd guards of its own',
      { source: 'init_t', target: 'init_t', class: 'bpf', permissions: ['prog_run'], commands: ['systemd'] },
    ],
    [
      'a capability that another program of its domain tries',
      {
        source: 'container_runtime_t',
        target: 'container_runtime_t',
        class: 'capability',
        permissions: ['sys_admin'],
        commands: ['iptables'],
      },
    ],
    [
      'code that a program of the host changes',
      { source: 'java_t', target: 'java_t', class: 'process', permissions: ['execmem'] },
    ],
    ['what a program writes', { permissions: ['write'], paths: ['/data/x'] }],
    [
      'what the runtime looks at in a cgroup',
      { source: 'container_runtime_t', target: 'cgroup_t', class: 'dir', permissions: ['getattr', 'search'] },
    ],
    [
      'what a pod tries with the runtime’s socket',
      {
        target: 'container_runtime_t',
        class: 'unix_stream_socket',
        permissions: ['connectto'],
        commands: ['kubelet'],
      },
    ],
  ]
  for (const [what, one] of idle)
    it(`keeps nothing from starting: ${what}`, () => expect(judged(one).keeps).to.equal(undefined))
})

describe('a rule of the addendum', () => {
  const given = { booleans }
  const narrow: Partial<Denial> = {
    target: 'my_socket_t',
    class: 'sock_file',
    permissions: ['write'],
    commands: ['csi-attacher'],
    ...policy({ denied: ['write'] }),
  }
  // A pattern that fits everything: what is against a rule is against it all the same.
  const known = {
    ...knowledge,
    signatures: [
      {
        id: 'made-up',
        title: 'Made up',
        source: ['*'],
        target: ['*'],
        class: ['*'],
        diagnosis: 'made up',
        remedy: 'none',
        unless: [],
        references: [],
      },
    ],
  } as unknown as typeof knowledge

  it('is live where it is narrow, a known pattern and refused now', () =>
    expect(judged(narrow, given, known).withheld).to.deep.equal([]))

  it('is never live without a known pattern, whatever the program calls itself', () =>
    expect(judged(narrow, given).withheld).to.deep.equal([
      'no known pattern fits it: find out what it was first',
    ]))

  const against: readonly (readonly [string, Partial<Denial>])[] = [
    ['a boolean', policy({ denied: ['write'], booleans: ['x=on'] })],
    ['a constraint', policy({ denied: ['write'], constraint: 'mlsconstrain' })],
    ['an unknown policy', { policy: undefined } as unknown as Partial<Denial>],
    ['categories that differ', { categoriesDiffer: true }],
    ['ranges that decide', policy({ denied: [], undecided: ['write'] })],
    ['a context that is not valid', { invalidContext: { target: 'a:b:gone_t:s0' } }],
    ['a denial that was only logged', { enforced: false }],
    ...[
      'container_var_lib_t',
      'kubelet_var_lib_t',
      'etcd_var_lib_t',
      'container_runtime_t',
      'unlabeled_t',
      'default_t',
      'var_lib_t',
      'init_t',
      'rke2_data_t',
      'k3s_data_t',
    ].map(target => [`the target ${target}`, { target }] as const),
    ...[
      'init_t',
      'kernel_t',
      'unlabeled_t',
      'container_runtime_t',
      'kubelet_t',
      'spc_t',
      'systemd_logind_t',
    ].map(source => [`the source ${source}`, { source }] as const),
  ]
  for (const [what, one] of against)
    it(`is never live against ${what}`, () =>
      expect(judged({ ...narrow, ...one }, given, known).withheld).to.not.deep.equal([]))

  it('may be the one capability of a narrow domain that a known pattern asks for', () =>
    expect(
      judged({
        source: 'iscsid_t',
        target: 'iscsid_t',
        class: 'capability',
        permissions: ['dac_override'],
        commands: ['iscsiadm'],
        ...policy({ denied: ['dac_override'] }),
      }).withheld,
    ).to.deep.equal([]))
})
