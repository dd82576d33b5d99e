// Go: peers W1|W2|W3|W3rss|W4|W8 N, or peers echo PORT. GOMAXPROCS comes from the environment.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"net"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

var repeats = 5

var peer = "go"

func emit(workload, metric string, v []float64, unit string, n int) {
	sort.Float64s(v)
	six := func(x float64) json.RawMessage { return json.RawMessage(strconv.FormatFloat(x, 'g', 6, 64)) }
	b, _ := json.Marshal(struct {
		Peer     string          `json:"peer"`
		Workload string          `json:"workload"`
		Metric   string          `json:"metric"`
		Value    json.RawMessage `json:"value"`
		Unit     string          `json:"unit"`
		N        int             `json:"n"`
		Repeats  int             `json:"repeats"`
		Min      json.RawMessage `json:"min"`
		Max      json.RawMessage `json:"max"`
	}{peer, workload, metric, six(v[len(v)/2]), unit, n, len(v), six(v[0]), six(v[len(v)-1])})
	fmt.Println(string(b))
}

// perOp runs f once to warm up, then five times; nanoseconds for each of n operations.
func perOp(n int, f func()) []float64 {
	f()
	v := make([]float64, repeats)
	for i := range v {
		t := time.Now()
		f()
		v[i] = float64(time.Since(t).Nanoseconds()) / float64(n)
	}
	return v
}

func rss() float64 {
	b, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.ParseFloat(strings.Fields(string(b))[1], 64)
	return pages * float64(os.Getpagesize())
}

func all(tasks int, f func(i int)) {
	var wg sync.WaitGroup
	wg.Add(tasks)
	for i := 0; i < tasks; i++ {
		go func(i int) { f(i); wg.Done() }(i)
	}
	wg.Wait()
}

func delays(n int, low, high time.Duration) []time.Duration {
	r := rand.New(rand.NewSource(1))
	d := make([]time.Duration, n)
	for i := range d {
		d[i] = low + time.Duration(r.Int63n(int64(high-low)))
	}
	return d
}

func primes(n, me, of int) (s int64) {
	for b := me; b < 64; b += of {
		for k := n * b / 64; k < n*(b+1)/64; k++ {
			if k < 2 {
				continue
			}
			prime := true
			for d := 2; d*d <= k; d++ {
				if k%d == 0 {
					prime = false
					break
				}
			}
			if prime {
				s += int64(k)
			}
		}
	}
	return
}

func main() {
	if r, err := strconv.Atoi(os.Getenv("REPEATS")); err == nil && r > 0 {
		repeats = r
	}
	n, _ := strconv.Atoi(os.Args[2])
	switch os.Args[1] {
	case "W1":
		for _, tasks := range []int{1, 1000} {
			emit("W1", fmt.Sprintf("switch_%d", tasks), perOp(n, func() {
				all(tasks, func(int) {
					for i := 0; i < n/tasks; i++ {
						runtime.Gosched()
					}
				})
			}), "ns", n)
		}
	case "W2":
		emit("W2", "spawn_join_waitgroup", perOp(n, func() {
			out := make([]int, 1000)
			for i := 0; i < n/1000; i++ {
				all(1000, func(i int) { out[i] = 1 })
			}
		}), "ns", n)
		emit("W2", "spawn_join_yield", perOp(n, func() {
			out := make([]int, 1000)
			for i := 0; i < n/1000; i++ {
				all(1000, func(i int) { runtime.Gosched(); out[i] = 1 })
			}
		}), "ns", n)
	case "W3":
		d := delays(n, time.Millisecond, time.Second)
		v := make([]float64, repeats)
		for i := range v {
			t := time.Now()
			all(n, func(i int) { time.Sleep(d[i]) })
			v[i] = float64(time.Since(t).Microseconds())/1e3 - 1000
		}
		emit("W3", "overshoot", v, "ms", n)
	case "W3rss":
		d := delays(n, 20*time.Second, 21*time.Second)
		before := rss()
		go all(n, func(i int) { time.Sleep(d[i]) })
		for runtime.NumGoroutine() < n {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
		emit("W3", "rss_per_sleeper", []float64{(rss() - before) / float64(n)}, "bytes", n)
	case "W4":
		emit("W4", "queue_handoff", perOp(n, func() {
			q := make(chan int, 1)
			all(2, func(who int) {
				for i := 0; i < n; i++ {
					if who == 0 {
						q <- i
					} else {
						<-q
					}
				}
			})
		}), "ns", n)
		var mu sync.Mutex
		emit("W4", "lock_free", perOp(n, func() {
			for i := 0; i < n; i++ {
				mu.Lock()
				mu.Unlock()
			}
		}), "ns", n)
		emit("W4", "lock_contended_100", perOp(n, func() {
			all(100, func(int) {
				for i := 0; i < n/100; i++ {
					mu.Lock()
					runtime.Gosched()
					mu.Unlock()
				}
			})
		}), "ns", n)
	case "W8":
		one, two, speedup := make([]float64, repeats), make([]float64, repeats), make([]float64, repeats)
		once := func(of int) float64 {
			t := time.Now()
			out := make([]int64, of)
			all(of, func(i int) { out[i] = primes(n, i, of) })
			return float64(time.Since(t).Microseconds()) / 1e3
		}
		once(2)
		for i := range one {
			one[i], two[i] = once(1), once(2)
			speedup[i] = one[i] / two[i]
		}
		emit("W8", "goroutines_1", one, "ms", n)
		emit("W8", "goroutines_2", two, "ms", n)
		emit("W8", "goroutines_speedup", speedup, "x", n)
	case "echo":
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", n))
		if err != nil {
			panic(err)
		}
		for {
			c, err := l.Accept()
			if err != nil {
				panic(err)
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 16384)
				for {
					k, err := c.Read(buf)
					if err != nil {
						return
					}
					if _, err = c.Write(buf[:k]); err != nil {
						return
					}
				}
			}()
		}
	}
}
