import type { World } from '../world.ts'

export const ledgerImport: World = {
  name: 'ledger-import',
  epic: { title: 'Nightly import', description: 'What eleven banks send at night is in the warehouse before breakfast.' },
  goal: 'MT940 and CAMT.053 from all banks',
  course: 'silent',
  runTests: 'pytest -q',
  lint: 'ruff check . && mypy ledger',
  people: ['henrik', 'amara'],
  model: 'claude-haiku-5',
  lanes: [
    [
      {
        id: 'imp-88',
        title: 'Read CAMT.053 with several statements',
        criteria: ['each statement keeps its own balance'],
        test: 'tests/test_camt053.py',
        source: 'ledger/camt053.py',
        red: 'KeyError: Stmt',
        tidy: 'reads with iterparse, in 40 MB instead of 2 GB',
        message: 'Read CAMT.053 with several statements',
        tests: 18,
        joined: 'code_green',
      },
      {
        id: 'imp-90',
        title: 'Spot a statement that came twice',
        criteria: ['the second one changes nothing, and is told'],
        test: 'tests/test_duplicates.py',
        source: 'ledger/dedupe.py',
        red: 'assert 2 == 1',
        stumble: 'two banks use the same statement number: 4711 was dropped',
        tidy: 'makes bank and number the key',
        message: 'Spot statements that came twice',
        tests: 9,
      },
    ],
    [
      {
        id: 'imp-85',
        title: 'Booking dates in the bank’s own zone',
        criteria: ['31 December stays in its year'],
        test: 'tests/test_dates.py',
        source: 'ledger/dates.py',
        red: 'assert 2027 == 2026',
        tidy: 'one place that knows zones',
        message: 'Book in the zone of the bank',
        tests: 11,
        joined: 'done',
      },
    ],
  ],
  talk: [
    [25, 'amara', 'The warehouse ran out of connections, I raised the pool to 40.'],
    [44, 'henrik', 'Tonight all eleven banks, then we take the old job away.'],
  ],
}
