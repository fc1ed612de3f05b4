/** Run in the folder of a bundle, with the name of a chunk: calls Google as the functions would, by the clients in that chunk alone. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const load = async (name) => import(pathToFileURL(join(process.cwd(), name)).href)

/** A chunk that is shared hands out what makes its packages, under names of its own choice. */
const packageWith = async (name, member) =>
  Object.values(await load(name))
    .flatMap((made) => (typeof made === 'function' ? [made()] : []))
    .find((made) => made !== undefined && member in made)

const signIn = async () => {
  const { GoogleAuth } = await packageWith('google-auth-library.mjs', 'GoogleAuth')
  const auth = new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/datastore'] })
  return Object.fromEntries(await auth.getRequestHeaders())
}

const billingLink = async ([port, projectId]) => {
  const { CloudBillingClient } = (await load('google-cloud-billing.mjs')).default
  const credentials = { client_email: 'test@example.com', private_key: 'none' }
  const { grpc } = new CloudBillingClient({ credentials })._gaxModule
  const sslCreds = grpc.credentials.createInsecure()
  const client = new CloudBillingClient({ apiEndpoint: '127.0.0.1', port: Number(port), sslCreds, credentials })
  const [info] = await client.getProjectBillingInfo({ name: `projects/${projectId}` })
  await client.close()
  return info
}

const [what, ...args] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await (what === 'sign-in' ? signIn() : billingLink(args))))
