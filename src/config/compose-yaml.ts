/**
 * Text to a YAML document, with the nesting watched while the tokens go by. The library reads recursively, and near the
 * end of the stack Node does not throw but aborts (when a regular expression has to be compiled there), so that
 * thousands of brackets would end the daemon. Depth is judged before the library sees it: in flow collections by their
 * brackets, in blocks by the columns that indentation and indicators take, of which each level needs at least one.
 */
import { Composer, CST, type Document, Lexer, Parser } from 'yaml'

export type Composed =
  | { readonly kind: 'document'; readonly document: Document.Parsed }
  | { readonly kind: 'too_deep'; readonly offset: number }
  | { readonly kind: 'second_document'; readonly offset: number }

/** Generous: what is refused here would be refused by the depth of values anyway. */
const MAX_FLOW_DEPTH = 64
const MAX_BLOCK_COLUMNS = 256

export function composeYaml(text: string): Composed {
  const nesting = createNestingWatch()
  const composer = new Composer({ version: '1.2', uniqueKeys: false, prettyErrors: false })
  const documents: Document.Parsed[] = []
  for (const document of composer.compose(tokensOf(text, nesting), true, text.length)) {
    documents.push(document)
    if (documents.length > 1) break
  }
  if (nesting.isTooDeep()) return { kind: 'too_deep', offset: nesting.offset() }
  const [document, second] = documents
  if (second || !document) return { kind: 'second_document', offset: second?.range[0] ?? 0 }
  return { kind: 'document', document }
}

/** The library's own parser, one lexeme after another; ends early where the nesting is too deep. */
function* tokensOf(text: string, nesting: NestingWatch): Generator<CST.Token> {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    nesting.pass(lexeme)
    if (nesting.isTooDeep()) return
    yield* parser.next(lexeme)
  }
  yield* parser.end()
}

interface NestingWatch {
  pass(lexeme: string): void
  isTooDeep(): boolean
  /** Of what was passed last. */
  offset(): number
}

function createNestingWatch(): NestingWatch {
  let offset = 0
  let brackets = 0
  /** Of indentation and indicators on this line; a scalar, of which one per level is enough, ends them. */
  let columns = 0
  let isLeading = true
  let isScalar = false

  const passToken = (type: CST.TokenType | null, length: number): void => {
    if (type === 'newline') {
      columns = 0
      isLeading = true
      return
    }
    if (type !== null && OPENING.has(type)) brackets++
    if (type !== null && CLOSING.has(type)) brackets--
    isLeading &&= type !== null && LEADING.has(type)
    if (isLeading) columns += length
  }

  return {
    pass(lexeme) {
      if (isScalar) isLeading = false
      else passToken(CST.tokenType(lexeme), lexeme.length)
      // The lexer announces a plain scalar with a mark that stands for no text.
      isScalar = !isScalar && lexeme === CST.SCALAR
      if (!MARKS.has(lexeme)) offset += lexeme.length
    },
    isTooDeep: () => brackets > MAX_FLOW_DEPTH || columns > MAX_BLOCK_COLUMNS,
    offset: () => Math.max(0, offset - 1),
  }
}

const MARKS: ReadonlySet<string> = new Set([CST.SCALAR, CST.DOCUMENT, CST.FLOW_END])
const OPENING: ReadonlySet<string> = new Set(['flow-map-start', 'flow-seq-start'])
const CLOSING: ReadonlySet<string> = new Set(['flow-map-end', 'flow-seq-end'])
const LEADING: ReadonlySet<string> = new Set(
  'space seq-item-ind explicit-key-ind map-value-ind anchor tag doc-mode doc-start'.split(' '),
)
