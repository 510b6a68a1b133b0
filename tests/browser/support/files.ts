// Reads the repository's files from Vite's server, for tests that run inside Chromium.

/**
 * A file by its path from the root of the repository.
 * @throws Error that names a file which is not there (Vite answers those with the page for a human)
 */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`/${path}`);
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/html'))
    throw new Error(`${path} is missing (${response.status}); run \`npm run build\` first.`);
  return new Uint8Array(await response.arrayBuffer());
}
