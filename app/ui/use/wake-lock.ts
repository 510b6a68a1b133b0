// Keeps the screen on where the browser can. The browser lets go of it whenever the page is hidden; it is asked again
// once the page is seen.

/** @returns lets the screen go dark again */
export function keepAwake(): () => void {
  let held: WakeLockSentinel | null = null;
  let wanted = true;
  async function ask(): Promise<void> {
    if (!wanted || document.visibilityState !== 'visible' || (held !== null && !held.released)) return;
    // Refused on a low battery: then the screen goes dark, as it does elsewhere.
    const lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
    if (wanted) held = lock ?? null;
    else void lock?.release();
  }
  const onVisible = () => void ask();
  document.addEventListener('visibilitychange', onVisible);
  void ask();
  return () => {
    wanted = false;
    document.removeEventListener('visibilitychange', onVisible);
    void held?.release();
  };
}
