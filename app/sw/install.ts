// Whether and how the app can be installed here.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Storage } from '../storage/storage.ts';
import type { Pwa } from './pwa.ts';

/** Chromium's event, which no standard and no type library knows. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

export function createInstall(
  storage: Pick<Storage, 'setting' | 'setSetting'>,
): Pick<Pwa, 'install' | 'promptInstall' | 'dismissInstall'> {
  const install = signal<'prompt' | 'ios' | 'installed' | 'none'>(isInstalled() ? 'installed' : 'none');
  let offer: InstallPromptEvent | null = null;
  let dismissed = false;

  const show = () => {
    if (install.peek() === 'installed') return;
    if (dismissed) install.value = 'none';
    else if (offer !== null) install.value = 'prompt';
    else install.value = isIos() ? 'ios' : 'none';
  };
  addEventListener('beforeinstallprompt', (event) => {
    // Offered where it fits, and not at once over everything.
    event.preventDefault();
    offer = event as InstallPromptEvent;
    show();
  });
  addEventListener('appinstalled', () => {
    install.value = 'installed';
  });
  void storage.setting('installDismissed').then(
    (value) => {
      dismissed = value ?? false;
      show();
    },
    () => show(),
  );

  return {
    install: install as ReadonlySignal<'prompt' | 'ios' | 'installed' | 'none'>,
    async promptInstall() {
      const event = offer;
      if (event === null) return;
      await event.prompt();
      // An event asks once; the browser sends another when it is willing to be asked again.
      offer = null;
      if ((await event.userChoice).outcome === 'dismissed') show();
    },
    async dismissInstall() {
      dismissed = true;
      show();
      await storage.setSetting('installDismissed', true);
    },
  };
}

function isInstalled(): boolean {
  const ios = 'standalone' in navigator && navigator.standalone === true;
  return ios || matchMedia('(display-mode: standalone)').matches;
}

/** iPads say that they are Macs, but Macs have no touch screen. */
function isIos(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1);
}
