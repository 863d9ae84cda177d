import type { FC } from 'hono/jsx'

const KEYS: [keys: string[], does: string][] = [
  [['j'], 'Next project'],
  [['k'], 'Project before'],
  [['Enter'], 'Open it'],
  [['Space'], 'Peek at it, and close again'],
  [['n'], 'Next one that needs you'],
  [['/'], 'Filter projects'],
  [['Ctrl', 'K'], 'Jump to a project by name'],
  [['g', 'p'], 'All projects'],
  [['g', 'a'], 'Open approvals'],
  [['Esc'], 'Back, or close'],
  [['?'], 'This list'],
]

export const KeysHelp: FC = () => (
  <dialog id="keys-help" class="dialog" aria-labelledby="keys-help-title">
    <h2 id="keys-help-title">Keyboard</h2>
    <dl class="keys">
      {KEYS.map(([keys, does]) => (
        <div>
          <dt>
            {keys.map((key, index) => (
              <>
                {index > 0 ? ' ' : ''}
                <kbd>{key}</kbd>
              </>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
    <p class="dialog__hint">Keys rest while you type in a field.</p>
    <form method="dialog">
      <button class="button" type="submit">
        Close
      </button>
    </form>
  </dialog>
)
