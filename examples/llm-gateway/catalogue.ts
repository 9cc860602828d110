/** Which models there are. */
import { get } from 'riposte'
import { FAKE_MODELS, isFakeModel } from './engine.ts'
import { ModelNotFound } from './errors.ts'
import { Model, ModelList } from './models.ts'

const toModel = (id: string) => ({ id, object: 'model' as const, created: 1_700_000_000, owned_by: 'riposte' })

export const listModels = get('/models', { tags: ['models'], responses: { 200: ModelList } }, () => ({
  object: 'list',
  data: Object.keys(FAKE_MODELS).map(toModel),
}))

export const getModel = get(
  '/models/{model}',
  { tags: ['models'], responses: { 200: Model }, errors: [ModelNotFound] },
  ({ params: { model }, fail }) => {
    if (!isFakeModel(model)) throw fail(ModelNotFound, { model })
    return toModel(model)
  },
)
