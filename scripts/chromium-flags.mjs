import { existsSync } from 'node:fs';

/**
 * Which WebGPU adapter Chromium is asked for: the machine's own GPU, or SwiftShader (on the CPU, slow, the
 * same everywhere).
 * @typedef {'hardware' | 'software'} Adapter
 */

/** Device files whose presence on Linux means that a GPU driver is loaded. */
const GPU_DEVICES = ['/dev/nvidia0', '/dev/dri/renderD128', '/dev/dxg'];

/** No background traffic, no first-run pages. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--disable-quic',
];

/**
 * What a window loads beside its page before anybody types into its address, in a process of its own: the suggestions below the
 * address. Headless there is no such address, and of a start it is a quarter.
 */
const UNSEEN = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** What Playwright switches off: of several `--disable-features` Chromium hears the last alone, which is ours. */
const OFF_BY_PLAYWRIGHT = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
];

/**
 * The wall behind those: whatever a Chromium of today or tomorrow asks for (accounts and updates of Google's, in 156, in
 * spite of the flags above), no name but the machine's own is looked up, and no address but its own is called, not by
 * a proxy either: all of that ends at a port where nobody listens. (A name that is not found would make Chromium ask the
 * name servers whether they work.)
 */
const LOOPBACK_ALONE = [
  '--host-resolver-rules=MAP * 127.0.0.1:9, EXCLUDE 127.0.0.1, EXCLUDE [::1], EXCLUDE localhost, EXCLUDE *.localhost',
  '--no-proxy-server',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
];

/**
 * The adapter this machine has: macOS and Windows always have one Chromium can use; Linux where a GPU's
 * device file exists.
 * @param {NodeJS.Platform} [platform]
 * @param {(path: string) => boolean} [exists]
 * @returns {Adapter}
 */
export function detectAdapter(platform = process.platform, exists = existsSync) {
  return platform !== 'linux' || GPU_DEVICES.some((path) => exists(path)) ? 'hardware' : 'software';
}

/** What a person is told who runs it so. */
export const UNSANDBOXED = 'Chromium runs without its sandbox, as it has to for root on Linux';

/** What a person is told where the machine lets users have none. */
export const NO_SANDBOX_HERE =
  'Chromium runs without its sandbox: this machine gives users no namespaces of their own, and the browser brings no helper';

/**
 * Whether a Chromium did not start for want of a sandbox: users have none in most containers, and for browsers that a
 * system's own rules do not name (AppArmor on Ubuntu since 23.10). No question to the system tells as surely as that.
 * @param {string} said by Playwright, with the browser's own words
 */
export function isWithoutSandbox(said) {
  return /No usable sandbox|Chromium sandboxing failed/i.test(said);
}

/**
 * Whether Chromium has to run without its sandbox, which keeps a decoder that a foreign picture has taken over away from the
 * user's files: on Linux it refuses to start as root with one. Everybody else has it.
 * @param {NodeJS.Platform} [platform]
 * @param {number} [user] the user's number; 0 is root
 */
export function runsUnsandboxed(platform = process.platform, user = process.getuid?.()) {
  return platform === 'linux' && user === 0;
}

/**
 * Flags a headless Chromium of ours is started with. On Linux, Dawn reaches a real GPU only through Vulkan,
 * which Chromium leaves off by default, and the GPU blocklist refuses most server drivers.
 * @param {Adapter} adapter
 * @param {NodeJS.Platform} [platform]
 * @param {number} [user]
 * @returns {string[]}
 */
export function chromiumFlags(adapter, platform = process.platform, user = process.getuid?.()) {
  const webgpu =
    adapter === 'software'
      ? ['--use-webgpu-adapter=swiftshader']
      : platform === 'linux'
        ? ['--enable-features=Vulkan', '--ignore-gpu-blocklist', '--use-angle=vulkan']
        : [];
  const sandbox = runsUnsandboxed(platform, user) ? ['--no-sandbox'] : [];
  const off = `--disable-features=${[...OFF_BY_PLAYWRIGHT, ...UNSEEN].join(',')}`;
  return [
    '--headless=new',
    '--enable-unsafe-webgpu',
    ...webgpu,
    ...sandbox,
    ...QUIET,
    off,
    ...LOOPBACK_ALONE,
  ];
}
