package api

import _ "embed"

//go:embed openapi.yaml
var openAPI string

// OpenAPI returns the description of the endpoint (OpenAPI 3.1), which the server gives at
// [OpenAPIPath]. The tests of the server hold every answer against it.
func OpenAPI() string { return openAPI }
