// What went wrong, in words.
export function failureWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
