const here = (path: string) => new URL(`../../${path}`, import.meta.url).pathname

/** What every replay brings along, as text. */
export type ReplayParts = { style: string; script: string; /** As an address that holds the picture itself. */ icon: string }

/** Reads style and script; rejects where the script cannot be bundled. */
export async function loadReplayParts(): Promise<ReplayParts> {
  const [page, replay, icon] = await Promise.all(
    ['static/app.css', 'static/replay.css', 'static/icon.svg'].map((path) => Bun.file(here(path)).text()),
  )
  const { outputs } = await Bun.build({ entrypoints: [here('static/replay.js')], target: 'browser', minify: true })
  const script = (await outputs[0]?.text()) ?? ''
  return {
    style: `${page}\n${replay}`,
    // Within a script element this would end it, wherever it stands.
    script: script.trim().replaceAll('</script', String.raw`<\/script`),
    icon: `data:image/svg+xml;base64,${btoa(icon ?? '')}`,
  }
}
