/** Embeddings: as numbers, or in base64 as the client of OpenAI asks for them. */
import { post } from 'riposte'
import { countTokens, embed, isFakeModel } from './engine.ts'
import { ModelNotFound } from './errors.ts'
import { EmbeddingList, EmbeddingRequest } from './models.ts'

export const createEmbeddings = post(
  '/embeddings',
  { tags: ['embeddings'], body: EmbeddingRequest, responses: { 200: EmbeddingList }, errors: [ModelNotFound] },
  ({ body: { model, input, encoding_format }, fail }) => {
    if (!isFakeModel(model)) throw fail(ModelNotFound, { model })
    const texts = typeof input === 'string' ? [input] : input
    const data = texts.map((text, index) => {
      const numbers = embed(text)
      const embedding = encoding_format === 'float' ? [...numbers] : Buffer.from(numbers.buffer).toString('base64')
      return { object: 'embedding' as const, index, embedding }
    })
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0)
    return { object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } }
  },
)
