/** The flat list of header fields, held against a plain list of pairs. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { HeaderList } from '../../src/http/header-list.ts'
import { fc } from '../support/fuzz.ts'

test('repeated fields are joined, a missing one is undefined', () => {
  const headers = HeaderList.from(['vary', 'Accept', 'x', '1', 'vary', 'Origin'])
  assert.equal(headers.get('vary'), 'Accept, Origin')
  assert.equal(headers.get('x'), '1')
  assert.equal(headers.get('y'), undefined)
  assert.equal(headers.has('x'), true)
  assert.equal(headers.has('y'), false)
})

test('a value is never taken for a name', () => {
  const headers = HeaderList.from(['a', 'b', 'c', 'd'])
  assert.equal(headers.has('b'), false)
  assert.equal(headers.get('b'), undefined)
  headers.delete('b')
  assert.deepEqual(headers.flat, ['a', 'b', 'c', 'd'])
})

test('an empty value is a value', () => {
  const headers = HeaderList.from(['a', ''])
  assert.equal(headers.get('a'), '')
  headers.append('a', '')
  assert.equal(headers.get('a'), ', ')
})

test('any sequence of writes is that of a list of pairs', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const write = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), name, value: name }),
    fc.record({ kind: fc.constant('append' as const), name, value: name }),
    fc.record({ kind: fc.constant('setDefault' as const), name, value: name }),
    fc.record({ kind: fc.constant('delete' as const), name, value: name }),
  )
  fc.assert(
    fc.property(fc.array(write), (writes) => {
      const headers = HeaderList.from([])
      let pairs: [string, string][] = []
      for (const { kind, name, value } of writes) {
        const has = pairs.some(([other]) => other === name)
        const first = pairs.findIndex(([other]) => other === name)
        if (kind === 'delete') pairs = pairs.filter(([other]) => other !== name)
        // The place of the first is kept.
        else if (kind === 'set' && has) {
          pairs[first] = [name, value]
          pairs = pairs.filter(([other], at) => other !== name || at === first)
        } else if (kind !== 'setDefault' || !has) pairs.push([name, value])
        headers[kind](name, value)
      }
      assert.deepEqual([...headers], pairs)
      assert.deepEqual(headers.flat, pairs.flat())
    }),
  )
})

test('a list adds what another does not have', () => {
  const headers = HeaderList.from(['a', '1', 'a', '2'])
  headers.addMissing(HeaderList.from(['b', '3', 'a', '4']))
  assert.deepEqual(headers.flat, ['a', '1', 'a', '2', 'b', '3'])
})
