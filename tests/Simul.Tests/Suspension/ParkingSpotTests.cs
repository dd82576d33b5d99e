namespace Simul.Tests.Suspension;

public class ParkingSpotTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HandOver_ManyTimes_LosesNoSignal(bool portable)
    {
        const int Rounds = 20_000;
        var (ping, pong) = (new ParkingSpot(portable), new ParkingSpot(portable));
        int turn = 0;
        var other = new Thread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                ping.Wait();
                turn++; // no lock: the hand-over orders the two
                pong.Signal();
            }
        }) { IsBackground = true };
        other.Start();
        OnThread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                ping.Signal();
                pong.Wait();
                Assert.Equal(i + 1, turn);
            }
        });
        Assert.True(other.Join(Sec(30)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Signal_BeforeTheWait_IsKept(bool portable)
    {
        var spot = new ParkingSpot(portable);
        Assert.False(spot.IsSignalled);
        spot.Signal();
        Assert.True(spot.IsSignalled);
        OnThread(spot.Wait);
        Assert.False(spot.IsSignalled);
    }
}
