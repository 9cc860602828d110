/** The docs page renders descriptions as CommonMark, and no description becomes a script. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { html } from '../../src/openapi/docs/html.ts'
import { fc, fuzzRuns } from '../support/fuzz.ts'
import { inlineMarkdown, markdown } from '../../src/openapi/docs/markdown.ts'

const shown = (text: string) => /^<div class="prose">([^]*)<\/div>$/.exec(markdown(text)!.text)![1]!

test('descriptions are rendered as CommonMark', () => {
  const cases: readonly (readonly [text: string, expected: string])[] = [
    [
      'One `a<b` and **two** and *three*.\n\nMore',
      '<p>One <code>a&lt;b</code> and <strong>two</strong> and <em>three</em>.</p><p>More</p>',
    ],
    ['- a\n- b\n  - c', '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>'],
    ['1. a\n2. b', '<ol><li>a</li><li>b</li></ol>'],
    ['3. a', '<ol start="3"><li>a</li></ol>'],
    ['# a\n\n## b', '<h4>a</h4><h5>b</h5>'],
    ['> a', '<blockquote><p>a</p></blockquote>'],
    ['```json\n{"a": "<b>"}\n```', '<pre><code>{&quot;a&quot;: &quot;&lt;b&gt;&quot;}</code></pre>'],
    [
      '| a | b |\n|---|---|\n| 1 | *2* |',
      '<div class="wide"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><em>2</em></td></tr></tbody></table></div>',
    ],
    ['a  \nb ~~c~~', '<p>a<br />b <del>c</del></p>'],
    ['---', '<hr />'],
    ['a &copy; &#169; &amp; & \\*b\\*', '<p>a &copy; © &amp; &amp; *b*</p>'],
    [
      '[x](https://a.example/) [y](../y) [z][z]\n\n[z]: mailto:z@a.example',
      '<p><a href="https://a.example/" rel="noreferrer">x</a> <a href="../y" rel="noreferrer">y</a> <a href="mailto:z@a.example" rel="noreferrer">z</a></p>',
    ],
    ['![the map](https://a.example/map.png)', '<p><a href="https://a.example/map.png" rel="noreferrer">the map</a></p>'],
    ['- [x] done', '<ul><li>☑ done</li></ul>'],
  ]
  for (const [text, expected] of cases) assert.equal(shown(text), expected)
  assert.equal(markdown(' \n'), undefined)
  assert.equal(markdown(undefined), undefined)
})

test('inlineMarkdown() adds no paragraph', () => {
  assert.equal(html`${inlineMarkdown('A *b*')}`.text, 'A <em>b</em>')
  assert.equal(inlineMarkdown(undefined), undefined)
})

test('raw HTML is shown as text, and only web pages and mail addresses can be linked', () => {
  const hostile = [
    '<script>alert(1)</script>',
    'a <img src=x onerror=alert(1)> b',
    '<a href="javascript:alert(1)">x</a>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:x)',
    '<javascript:alert(1)>',
    '![x](javascript:alert(1))',
    '[x]: javascript:alert(1)\n\n[x]',
    '[x](https://a.example/"onclick="alert(1))',
    '`</code><script>`',
    '```"><script>\nx\n```',
    '| <script> |\n|---|\n| [x](javascript:1) |',
    '- <script>\n\n  <style>',
    '# <svg onload=alert(1)>',
  ]
  for (const text of hostile) assertHarmless(text)
})

test('law: no mixture of Markdown and HTML becomes a script', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '`',
    '[',
    '](',
    ')',
    '*',
    '\n',
    '\n\n',
    '- ',
    '# ',
    '> ',
    '|',
    '---',
    'javascript:',
    '&#106;',
    '\t',
    '<b ',
    'onclick=',
    'a',
    '!',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => assertHarmless(pieces.join(''))),
    { numRuns: fuzzRuns(1000) },
  )
})

const KNOWN =
  /^<\/?(?:p|h[456]|ul|ol|li|pre|code|blockquote|table|thead|tbody|tr|th|td|strong|em|del|br \/|hr \/|div(?: class="(?:prose|wide)")?|ol start="\d+"|a|a href="([^"<>]*)" rel="noreferrer")>$/

/** Each tag is one that the page writes, with its attributes, and each link has a harmless scheme as a browser reads it. */
function assertHarmless(text: string): void {
  for (const written of [markdown(text)?.text ?? '', html`${inlineMarkdown(text)}`.text]) {
    for (const [tag] of written.matchAll(/<[^>]*>?/g)) {
      const known = KNOWN.exec(tag)
      assert.ok(known !== null, `${JSON.stringify(text)} became ${tag}`)
      if (known[1] === undefined) continue
      const href = known[1]
        .replaceAll('&amp;', '&')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
      assert.match(new URL(href, 'https://page.example').protocol, /^(?:https?|mailto):$/)
    }
  }
}
