function Get-ExRunTokenClaim {
    <#
    .SYNOPSIS
        Shows the claims in a JSON Web Token.
    .DESCRIPTION
        Padding, further parts, a missing signature, a leading "Bearer " and blanks are accepted. Nothing is verified:
        what a token says is only as good as where it comes from.
    .PARAMETER Token
        The token as a string or SecureString, or a token object.
    .EXAMPLE
        (Get-ExRunTokenClaim $Token).roles

        Shows the permissions in a token.
    .EXAMPLE
        Get-ExRunTokenClaim $Token | Select-Object tid, appid, aud

        Shows whose token it is, of which app, and what for.
    .OUTPUTS
        An object with the claims.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param([Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true)] [psobject] $Token)

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        Invoke-Guarded -Cmdlet $PSCmdlet -Write -Do {
            (Read-Token -Token $Token).claims
        }
    }
}
