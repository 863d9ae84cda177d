/** The epoch of a project: the file's own, until the project was forgotten once. Then it is another for this name alone. */
export function epochOf(fileEpoch: string, salt: string): string {
  return salt === '' ? fileEpoch : Bun.hash(`${fileEpoch}/${salt}`).toString(36).padStart(8, '0').slice(-8)
}
