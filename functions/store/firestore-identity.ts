/** Who this process is to Google: application default credentials; the library takes as long to load as all else of this store, and an emulator needs none. */

export type Credentials = Readonly<Record<string, string>>

export type Identity = {
  readonly projectId: () => Promise<string>
  /** Headers that tell who asks, and for a person's own credentials which project pays the quota; cached and renewed by the library. */
  readonly credentials: () => Promise<Credentials>
}

/** https://docs.cloud.google.com/docs/authentication/application-default-credentials; rejects where there are none. */
export const googleIdentity = async (): Promise<Identity> => {
  const { GoogleAuth } = await import('google-auth-library')
  const auth = new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/datastore'] })
  return {
    projectId: () => auth.getProjectId(),
    credentials: async () => Object.fromEntries(await auth.getRequestHeaders()),
  }
}
