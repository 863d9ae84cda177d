/** Addresses of repositories are shown on pages; what people keep in them to fetch without asking is not. */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1')
