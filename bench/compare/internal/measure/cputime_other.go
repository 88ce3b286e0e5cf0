//go:build !unix

package measure

import "time"

var began = time.Now()

// processTime returns wall time where the system does not tell processor time: the
// same on a quiet machine.
func processTime() float64 { return time.Since(began).Seconds() }
