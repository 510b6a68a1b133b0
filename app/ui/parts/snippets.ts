// Programs that ask an endpoint for a photo's classes, to be pasted as they are. They read a photo.jpg beside them, print
// the answer, and need nothing that is not part of the language. Pure.

export const SNIPPET_LANGUAGES = ['curl', 'JavaScript', 'Python'] as const;
export type SnippetLanguage = (typeof SNIPPET_LANGUAGES)[number];

/** Stands where the key belongs while there is none. */
export const KEY_PLACEHOLDER = 'YOUR_KEY';

/** Origin, head id and token are of characters that need no escape in an address or in quotes. */
export interface Endpoint {
  readonly origin: string;
  readonly head: string;
  readonly token: string | null;
}

/** Where a head is asked. */
export function endpointUrl({ origin, head }: Pick<Endpoint, 'origin' | 'head'>): string {
  return `${origin}/api/predict?head=${head}`;
}

/** The program in a language. */
export function snippetOf(language: SnippetLanguage, endpoint: Endpoint): string {
  const url = endpointUrl(endpoint);
  const token = endpoint.token ?? KEY_PLACEHOLDER;
  switch (language) {
    case 'curl':
      return `curl -s '${url}' \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Content-Type: image/jpeg' \\
  --data-binary @photo.jpg
`;
    case 'JavaScript':
      return `import { readFile } from 'node:fs/promises';

const response = await fetch('${url}', {
  method: 'POST',
  headers: {
    Authorization: 'Bearer ${token}',
    'Content-Type': 'image/jpeg',
  },
  body: await readFile('photo.jpg'),
});
console.log(await response.text());
`;
    case 'Python':
      return `import urllib.request

request = urllib.request.Request(
    "${url}",
    data=open("photo.jpg", "rb").read(),
    headers={
        "Authorization": "Bearer ${token}",
        "Content-Type": "image/jpeg",
    },
)
print(urllib.request.urlopen(request).read().decode())
`;
    default:
      return language satisfies never;
  }
}
