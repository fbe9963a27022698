function Confirm-Token {
    <#
    .SYNOPSIS
        Makes sure that a session has a token, from the cache or from the endpoint, that it is of the tenant that is
        expected, and notes what it says of who connected. Throws what stands against it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # The tenant that the call expects, beside the one that the connection does.
        [AllowNull()] [AllowEmptyString()] [string] $ExpectTenant
    )

    $reply = Invoke-NativeOperation -Function 'exrun_token_acquire' -Request @{} -Session $Session
    Update-SessionClaim -Session $Session -Reply $reply
    foreach ($expected in $Session.ExpectTenant, $ExpectTenant) {
        if ($expected) { Assert-Tenant -Session $Session -Expected $expected }
    }
}
