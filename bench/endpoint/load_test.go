package main

import "testing"

// What wrk 4.1 prints, of a run in which some requests were refused.
const printed = `Running 1s test @ http://127.0.0.1:7999/api/v1/trends
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.20ms  332.00us   9.11ms   88.10%
    Req/Sec    13.01k   400.00    13.50k    80.00%
  Latency Distribution
     50%    1.10ms
     75%    1.30ms
     90%    1.60ms
     99%    2.40ms
  12944 requests in 1.00s, 40.00MB read
  Non-2xx or 3xx responses: 7
Requests/sec:  12934.55
Transfer/sec:     39.99MB
`

func TestRead(t *testing.T) {
	var r row
	if err := r.read(printed); err != nil {
		t.Fatal(err)
	}
	if r.perSecond != 12934.55 || r.median != "1.10ms" || r.p99 != "2.40ms" || r.failed != 7 {
		t.Errorf("got %+v", r)
	}
	if err := r.read("unable to connect"); err == nil {
		t.Error("a run without figures is no error")
	}
}
