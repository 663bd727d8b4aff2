/** The scope of a gateway: it may ask what the subgraph tells gateways. */
export const GATEWAY_SCOPE = 'federation:gateway'
