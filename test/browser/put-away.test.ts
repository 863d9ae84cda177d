import { beforeAll, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let browser: TestBrowser
let server: RunningServer
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startServer({ lifetime: 'file' })])
})

const isListed = async (name: string) => (await (await fetch(`${server.url}/`)).text()).includes(`id="project-${name}"`)

test.each([true, false])(
  'a project is put away, brought back and forgotten from its page (with script: %p)',
  async (isScripted) => {
    const name = isScripted ? 'apollo' : 'gemini'
    await report(server, name, { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
    await report(server, 'mercury', { type: 'workflow_transition', new_state: 'IDLE' })
    const { page, tolerate } = await browser.openPage(`${server.url}/projects/${name}`, { isScripted })
    tolerate(/status of 400/)
    await page.click('#project >> text=Archive')
    await page.waitForSelector('#project >> text=Restore')
    expect([new URL(page.url()).pathname, await isListed(name)]).toEqual([`/projects/${name}`, false])
    expect(await page.innerText('#workflow')).toContain('Active')

    await page.click('#project >> text=Restore')
    await page.waitForSelector('#project >> text=Archive')
    expect(await isListed(name)).toBe(true)

    await page.click('#forget > summary')
    await page.fill('#forget-name', 'mercury')
    await page.click(`#project >> text=Forget ${name}`)
    await page.waitForSelector('h1')
    expect(await page.innerText('body')).toContain(`Type the project's name, "${name}"`)

    await page.goto(`${server.url}/projects/${name}`)
    await page.click('#forget > summary')
    await page.fill('#forget-name', name)
    await page.click(`#project >> text=Forget ${name}`)
    await page.waitForURL(`${server.url}/`)
    await eventually(async () => !(await isListed(name)))
    expect([await isListed('mercury'), (await fetch(`${server.url}/projects/${name}`)).status]).toEqual([true, 404])
  },
  60_000,
)
