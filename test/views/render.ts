/** What a browser would find in a piece of HTML. */
export type Found = { tags: Set<string>; attributes: { tag: string; name: string; value: string }[]; ids: string[]; text: string }

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }

/** Reads HTML as a parser does, not as a search for text would. */
export function inspect(html: unknown): Found {
  const found: Found = { tags: new Set(), attributes: [], ids: [], text: '' }
  new HTMLRewriter()
    .on('*', {
      element(element) {
        found.tags.add(element.tagName)
        for (const [name, value] of element.attributes) found.attributes.push({ tag: element.tagName, name, value: value ?? '' })
        const id = element.getAttribute('id')
        if (id !== null) found.ids.push(id)
      },
      text: ({ text }) => {
        found.text += text
      },
    })
    .transform(String(html))
  found.text = found.text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity)
  return found
}
