namespace Simul.Processes.Sharing;

// A kind of shared object that can be rebuilt where its handle arrives.
internal interface ISharedObject<TSelf>
    where TSelf : SharedObject, ISharedObject<TSelf>
{
    static abstract TSelf Attach(SharedHandle handle);
}
