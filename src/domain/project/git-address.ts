/** Says whether a text is the address of a repository that git takes: http, https, ssh or git, or the form user@host:path. */
export function isRepositoryAddress(text: string): boolean {
  return /^(?:https?|ssh|git):\/\/[^\s/]+\/?\S*$/i.test(text) || /^[\w.-]+@[\w.-]+:\S+$/.test(text)
}

/** Addresses of repositories are shown on pages; what people keep in them to fetch without asking is not. */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1')
