function Resolve-VaultItem {
    <#
    .SYNOPSIS
        The members of a request that say which object of a vault is meant: a URL, or vault, name and version.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        # The name, or the URL of the object.
        [Parameter(Mandatory = $true)] [string] $Name,
        [AllowNull()] [AllowEmptyString()] [string] $Vault,
        [AllowNull()] [AllowEmptyString()] [string] $Version,
        [AllowNull()] [AllowEmptyString()] [string] $Cloud
    )

    $Name = Get-PastedText -Text $Name
    if ($Name -match '^https?://') {
        if ($Version -or $Vault) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $Name -Message (
                'the URL {0} names vault and version itself; give either the URL alone, or vault, name and version' -f $Name))
        }
        return @{ url = $Name }
    }
    if (-not $Vault) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $Name -Message (
            'which vault holds {0}? Give -Vault (a name or URL), or the URL of the object in place of its name' -f $Name))
    }
    return @{ vault = (Resolve-VaultUri -Vault $Vault -Cloud $Cloud); name = $Name; version = $Version }
}
