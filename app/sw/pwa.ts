// The app as an installed program, as screens see it: installing, being ready offline, updating. `startPwa`
// (start.ts) makes it; without a service worker (an old browser, a private window) everything else still works.
import type { ReadonlySignal } from '@preact/signals';

export interface Pwa {
  /**
   * `preparing`: something is still missing on this device; `ready`: app, trainer, WASM and trunk are all kept here, as
   * looked up and not as assumed; `unsupported`: this browser keeps nothing.
   */
  readonly offline: ReadonlySignal<'preparing' | 'ready' | 'unsupported'>;
  /** Looks again whether everything is kept, for example once the trunk has arrived. */
  checkOffline(): Promise<void>;
  /** A new version waits; it is offered and never forced. */
  readonly update: ReadonlySignal<boolean>;
  /** Activates the new version and reloads every tab of the app, after `beforeUpdate` listeners have finished. */
  applyUpdate(): Promise<void>;
  /** `prompt`: the browser can ask; `ios`: by the share menu; `installed`: runs as an app; `none`: cannot, or dismissed. */
  readonly install: ReadonlySignal<'prompt' | 'ios' | 'installed' | 'none'>;
  promptInstall(): Promise<void>;
  /** The person wants to hear no more of it. */
  dismissInstall(): Promise<void>;
}
