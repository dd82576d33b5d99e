namespace Simul;

// What can be waited for, in words: what it is, and who holds it.
internal interface IWaitSubject
{
    string Describe();
}
