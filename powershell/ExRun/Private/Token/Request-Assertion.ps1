function Request-Assertion {
    <#
    .SYNOPSIS
        Makes a signed client assertion for one of the assertion commands.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $identity = Resolve-Identity -Cmdlet $Cmdlet -Bound $Bound
    $session = Get-MemberValue -InputObject $identity -Name 'Session'
    if ($null -eq $session) {
        $session = Open-Session -Cmdlet $Cmdlet -CertFileName $Bound['CertFileName'] -Password $Bound['password'] `
            -Certificate $Bound['Certificate'] -Identity $identity -Connection $Bound['Connection']
    }
    $request = @{}
    if ($identity.ValidateForMinutes) { $request['validForMinutes'] = $identity.ValidateForMinutes }
    return (Use-Session $session { Invoke-NativeOperation -Function 'exrun_assertion_create' -Request $request -Session $session }).assertion
}
